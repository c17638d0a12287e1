// The preview of a message (protocol 4.1), before it is sealed.
#pragma once

#include <string>
#include <string_view>

namespace kith {

inline constexpr std::size_t kMaxPreviewCharacters = 280;
inline constexpr std::size_t kMaxPreviewOctets = 1024;

/// Subject, LF, beginning of the text with its white space pressed together; together at most 280
/// characters and 1024 octets, never cut inside a character. Ill-formed UTF-8 and control
/// characters become U+FFFD.
std::string make_preview(std::string_view subject, std::string_view text);

struct Preview {
    std::string subject;
    std::string text;
};
/// The reverse, for showing: what comes from others is made printable.
Preview read_preview(std::string_view preview);

}  // namespace kith
