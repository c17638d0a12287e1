#include "mail/strip_bcc.h"

#include "base/text.h"

namespace kith {
namespace {

// The first line with its line end.
std::string_view first_line(std::string_view text) {
    const std::size_t end = text.find('\n');
    return text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
}

bool is_empty_line(std::string_view line) {
    return line == "\n" || line == "\r\n";
}

bool is_continuation(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

bool is_bcc(std::string_view line) {
    const std::string name = to_lower(trim(line.substr(0, line.find(':'))));
    return line.contains(':') && (name == "bcc" || name == "resent-bcc");
}

}  // namespace

std::string strip_bcc(std::string_view message) {
    std::string out;
    out.reserve(message.size());
    bool dropping = false;
    while (!message.empty()) {
        const std::string_view line = first_line(message);
        if (is_empty_line(line))
            break;
        if (!is_continuation(line))
            dropping = is_bcc(line);
        if (!dropping)
            out += line;
        message.remove_prefix(line.size());
    }
    out += message;
    return out;
}

}  // namespace kith
