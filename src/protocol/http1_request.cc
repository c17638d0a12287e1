#include "protocol/http1_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/http1_head.h"

namespace kith::http1 {

namespace {

/// A chunk's size and its extensions, which are ignored (RFC 9112 7.1.1).
constexpr std::size_t kChunkLine = 256;
/// 2^32 - 1 octets a chunk are plenty.
constexpr std::size_t kChunkDigits = 8;

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "http/1.1", std::move(detail));
}

Result<std::uint64_t> parse_chunk_size(std::string_view line) {
    std::string_view digits = line.substr(0, line.find_first_of("; \t"));
    if (digits.empty() || digits.size() > kChunkDigits)
        return bad("a chunk's size is not 1 to 8 hex digits");
    std::uint64_t size = 0;
    for (char c : digits) {
        static constexpr std::string_view kDigits = "0123456789abcdef";
        char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
        std::size_t digit = kDigits.find(lower);
        if (digit == std::string_view::npos)
            return bad("a chunk's size is not 1 to 8 hex digits");
        size = size * 16 + digit;
    }
    return size;
}

}  // namespace

Result<void> RequestParser::feed(ByteView octets) {
    pending_ += as_text(octets);
    while (TRY(step())) {
    }
    pending_.erase(0, std::exchange(taken_, 0));
    return {};
}

std::optional<Event> RequestParser::next_event() {
    if (events_.empty())
        return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

Result<void> RequestParser::next_request() {
    KITH_CHECK(state_ == State::ended);
    state_ = State::head;
    return feed({});
}

Result<bool> RequestParser::step() {
    switch (state_) {
        case State::head:
            return take_head();
        case State::fixed:
            return take_body(State::ended);
        case State::chunk_size:
            return take_chunk_line();
        case State::chunk:
            return take_body(State::chunk_end);
        case State::chunk_end: {
            if (!std::string_view("\r\n").starts_with(rest().substr(0, 2)))
                return bad("a chunk is longer than its size");
            if (rest().size() < 2)
                return false;
            taken_ += 2;
            state_ = State::chunk_size;
            return true;
        }
        case State::trailers:
            return take_trailers();
        case State::ended:
            return false;
    }
    return false;
}

Result<bool> RequestParser::take_head() {
    // RFC 9112 2.2: an empty line before a request line is passed over.
    while (rest().starts_with("\r\n"))
        taken_ += 2;
    std::size_t end = rest().find("\r\n\r\n");
    // Judged the same however the octets were split: three of the last four may be here.
    if (end == std::string_view::npos ? rest().size() > head_limit_ + 3 : end > head_limit_)
        return fail(ErrorKind::limit, "header", "over " + std::to_string(head_limit_) + " octets");
    if (end == std::string_view::npos)
        return false;
    ParsedHead parsed = TRY(parse_head(rest().substr(0, end + 2)));
    taken_ += end + 4;
    left_ = parsed.request.content_length.value_or(0);
    events_.emplace_back(std::move(parsed.request));
    if (parsed.framing == Framing::none)
        end_request();
    else
        state_ = parsed.framing == Framing::fixed ? State::fixed : State::chunk_size;
    return true;
}

bool RequestParser::take_body(State then) {
    if (rest().empty())
        return false;
    auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest().size()));
    ByteView octets = as_bytes(rest().substr(0, size));
    Data* last = events_.empty() ? nullptr : std::get_if<Data>(&events_.back());
    if (last)
        last->bytes.insert(last->bytes.end(), octets.begin(), octets.end());
    else
        events_.emplace_back(Data{Bytes(octets.begin(), octets.end())});
    taken_ += size;
    left_ -= size;
    if (left_ > 0)
        return false;
    if (then == State::ended)
        end_request();
    else
        state_ = then;
    return true;
}

Result<std::optional<std::string>> RequestParser::take_line(std::size_t limit) {
    std::size_t end = rest().find("\r\n");
    if (end == std::string_view::npos ? rest().size() > limit + 1 : end > limit)
        return fail(ErrorKind::limit, "chunk", "a line is over " + std::to_string(limit));
    if (end == std::string_view::npos)
        return std::optional<std::string>();
    std::string line(rest().substr(0, end));
    if (line.find_first_of("\r\n") != std::string::npos)
        return bad("CR or LF alone");
    taken_ += end + 2;
    return std::optional<std::string>(std::move(line));
}

Result<bool> RequestParser::take_chunk_line() {
    auto line = TRY(take_line(kChunkLine));
    if (!line)
        return false;
    left_ = TRY(parse_chunk_size(*line));
    state_ = left_ > 0 ? State::chunk : State::trailers;
    trailer_octets_ = 0;
    return true;
}

Result<bool> RequestParser::take_trailers() {
    auto line = TRY(take_line(head_limit_ - trailer_octets_));
    if (!line)
        return false;
    if (line->empty())
        end_request();
    trailer_octets_ += std::min(line->size() + 2, head_limit_ - trailer_octets_);
    return true;
}

void RequestParser::end_request() {
    events_.emplace_back(End{});
    state_ = State::ended;
}

std::string format_reply(const ReplyHead& head) {
    using Reason = std::pair<unsigned, std::string_view>;
    static constexpr auto kReasons = std::to_array<Reason>({
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    });
    const auto* known = std::ranges::find(kReasons, head.status, &Reason::first);
    std::string_view reason = known == kReasons.end() ? "Status" : known->second;
    std::string out = "HTTP/1.1 " + std::to_string(head.status) + " " + std::string(reason);
    for (const auto& [name, value] : head.headers)
        out += "\r\n" + name + ": " + value;
    return out + "\r\n\r\n";
}

}  // namespace kith::http1
