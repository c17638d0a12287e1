#include "protocol/event_stream.h"

#include <utility>

#include "base/text.h"

namespace kith {

std::string format_event(const ServerEvent& event) {
    std::string out;
    if (!event.id.empty())
        out += "id: " + event.id + "\n";
    if (event.type != "message")
        out += "event: " + event.type + "\n";
    for (std::string_view line : split(event.data, '\n'))
        out += "data: " + std::string(line) + "\n";
    return out + "\n";
}

Result<void> EventStreamParser::feed(ByteView bytes) {
    for (char octet : as_text(bytes)) {
        bool second_of_crlf = std::exchange(after_cr_, octet == '\r') && octet == '\n';
        if (second_of_crlf)
            continue;
        if (octet == '\r' || octet == '\n')
            take_line();
        else
            line_ += octet;
        if (line_.size() + data_.size() > kMaxEventOctets)
            return fail(ErrorKind::limit, "event", "an event is over 1 MiB");
    }
    return {};
}

std::optional<ServerEvent> EventStreamParser::next_event() {
    if (events_.empty())
        return std::nullopt;
    ServerEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
}

void EventStreamParser::take_line() {
    std::string line = std::exchange(line_, {});
    if (std::exchange(first_line_, false) && line.starts_with("\xEF\xBB\xBF"))
        line.erase(0, 3);
    if (line.empty()) {
        if (has_data_)
            events_.push_back({type_.empty() ? "message" : type_, data_, id_});
        data_.clear();
        type_.clear();
        has_data_ = false;
        return;
    }
    std::size_t colon = line.find(':');
    if (colon == 0)
        return;  // a comment
    std::string_view text = line;
    std::string_view value = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    take_field(text.substr(0, colon), value);
}

void EventStreamParser::take_field(std::string_view name, std::string_view value) {
    if (name == "data") {
        if (std::exchange(has_data_, true))
            data_ += '\n';
        data_ += value;
    } else if (name == "event") {
        type_ = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
    }
}

}  // namespace kith
