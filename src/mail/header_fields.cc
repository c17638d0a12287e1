#include "mail/header_fields.h"

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

// Empty where the line begins no field.
std::string name_in(std::string_view line) {
    const auto colon = line.find(':');
    return colon == std::string_view::npos ? std::string() : to_lower(trim(line.substr(0, colon)));
}

}  // namespace

std::string without_fields(std::string_view message,
                           const std::function<bool(std::string_view)>& drops) {
    std::string out;
    out.reserve(message.size());
    bool dropping = false;
    while (!message.empty()) {
        const std::string_view line = first_line(message);
        if (is_empty_line(line))
            break;
        if (!is_continuation(line)) {
            const std::string name = name_in(line);
            dropping = !name.empty() && drops(name);
        }
        if (!dropping)
            out += line;
        message.remove_prefix(line.size());
    }
    out += message;
    return out;
}

}  // namespace kith
