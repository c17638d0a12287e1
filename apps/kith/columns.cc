#include "kith/columns.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kith {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array kNoColumn = {Range{0x0300, 0x036F},
                                  Range{0x1AB0, 0x1AFF},
                                  Range{0x1DC0, 0x1DFF},
                                  Range{0x200B, 0x200D},
                                  Range{0x20D0, 0x20FF},
                                  Range{0xFE00, 0xFE0F},
                                  Range{0xFE20, 0xFE2F},
                                  Range{0xFEFF, 0xFEFF},
                                  Range{0xE0100, 0xE01EF}};
constexpr std::array kTwoColumns = {Range{0x1100, 0x115F},
                                    Range{0x2E80, 0x303E},
                                    Range{0x3041, 0xA4CF},
                                    Range{0xA960, 0xA97C},
                                    Range{0xAC00, 0xD7A3},
                                    Range{0xF900, 0xFAFF},
                                    Range{0xFE30, 0xFE6F},
                                    Range{0xFF00, 0xFF60},
                                    Range{0xFFE0, 0xFFE6},
                                    Range{0x1F300, 0x1F64F},
                                    Range{0x1F680, 0x1F6FF},
                                    Range{0x1F900, 0x1FAFF},
                                    Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t c) {
    return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// The first character of well-formed UTF-8.
char32_t code_point(std::string_view character) {
    constexpr std::array<unsigned, 5> kFirstBits = {0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t c = static_cast<unsigned char>(character.front()) & kFirstBits.at(character.size());
    for (const char next : character.substr(1))
        c = (c << 6U) | (static_cast<unsigned char>(next) & 0x3FU);
    return c;
}

std::size_t columns_of_one(std::string_view character) {
    if (character.size() > 4)  // not one character of UTF-8
        return 1;
    const char32_t c = code_point(character);
    if (within(kNoColumn, c))
        return 0;
    return within(kTwoColumns, c) ? 2 : 1;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto character = first_characters(text, 1);
        if (character.empty())
            break;
        columns += columns_of_one(character);
        text.remove_prefix(character.size());
    }
    return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t width) {
    if (columns_of(text) <= width)
        return std::string(text);
    if (width == 0)
        return {};
    std::string out;
    for (std::size_t used = 0; !text.empty();) {
        const auto character = first_characters(text, 1);
        used += columns_of_one(character);
        if (used + 1 > width)
            break;
        out += character;
        text.remove_prefix(character.size());
    }
    return out + "…";
}

}  // namespace kith
