#include "base/text.h"

#include <cstdint>
#include <cstring>

namespace kith {
namespace {

// Length of the well-formed sequence at the head of `text` and its code point; 0 when ill-formed.
struct CodePoint {
    std::size_t length = 0;
    char32_t value = 0;
};

CodePoint head(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = octet(0);
    if (first < 0x80)
        return {1, first};
    std::size_t length = 0;
    char32_t value = 0;
    char32_t least = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        value = first & 0x1FU;
        least = 0x80;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        value = first & 0x0FU;
        least = 0x800;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        value = first & 0x07U;
        least = 0x10000;
    } else {
        return {};
    }
    if (text.size() < length)
        return {};
    for (std::size_t i = 1; i < length; ++i) {
        if ((octet(i) & 0xC0U) != 0x80)
            return {};
        value = (value << 6) | (octet(i) & 0x3FU);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return {};
    return {length, value};
}

bool is_unprintable(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 ||
           c == 0x2029;
}

// How many octets from the front are ASCII, eight at a time: most text is that and nothing else.
std::size_t ascii_octets(std::string_view text) {
    constexpr std::uint64_t kNotAscii = 0x8080808080808080U;
    std::size_t at = 0;
    for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if ((eight & kNotAscii) != 0)
            break;
    }
    return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        text.remove_prefix(ascii_octets(text));
        if (text.empty())
            break;
        const CodePoint at = head(text);
        if (at.length == 0)
            return false;
        text.remove_prefix(at.length);
    }
    return true;
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const std::size_t at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return pieces;
        text.remove_prefix(at + 1);
    }
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t limit) {
    if (text.empty() || (text.size() > 1 && text[0] == '0'))
        return fail(ErrorKind::malformed, "number", "must be decimal digits without leading zero");
    std::uint64_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9')
            return fail(ErrorKind::malformed, "number", "must be decimal digits");
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (digit > limit || value > (limit - digit) / 10)
            return fail(ErrorKind::limit, "number", "larger than " + std::to_string(limit));
        value = value * 10 + digit;
    }
    return value;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; count > 0 && at < text.size(); --count) {
        const CodePoint next = head(text.substr(at));
        if (next.length == 0)
            break;
        at += next.length;
    }
    return text.substr(0, at);
}

std::string printable(std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string out;
    while (!text.empty()) {
        const CodePoint at = head(text);
        if (at.length == 0 || is_unprintable(at.value))
            out += replacement;
        else
            out += text.substr(0, at.length);
        text.remove_prefix(at.length == 0 ? 1 : at.length);
    }
    return out;
}

}  // namespace kith
