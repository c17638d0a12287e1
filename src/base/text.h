// Small text helpers shared by every parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

/// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view text);
/// ASCII only; other octets are left alone.
std::string to_lower(std::string_view text);
/// The pieces between separators; one piece for text without any.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Without leading and trailing space and tab.
std::string_view trim(std::string_view text);
/// Decimal digits only, no leading zero, at most `limit`. Errors: malformed, limit.
Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t limit = UINT64_MAX);
/// At most `count` code points of well-formed UTF-8, never cut inside one.
std::string_view first_characters(std::string_view text, std::size_t count);
/// For people and terminals: control characters and bidirectional overrides become U+FFFD.
std::string printable(std::string_view text);

}  // namespace kith
