#include "mail/preview.h"

#include <algorithm>

#include "base/text.h"
#include "mail/gmime.h"

namespace kith {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Well-formed, printable, one line, single spaces.
std::string pressed(std::string_view text) {
    std::string spaced;
    for (const char c : text) {
        if (!is_space(c))
            spaced.push_back(c);
        else if (!spaced.empty() && spaced.back() != ' ')
            spaced.push_back(' ');
    }
    if (spaced.ends_with(' '))
        spaced.pop_back();
    return printable(utf8_text(spaced));
}

// The octets of at most `characters` characters that also fit in `octets`.
std::string_view cut(std::string_view text, std::size_t characters, std::size_t octets) {
    std::string_view head = first_characters(text, characters);
    if (head.size() <= octets)
        return head;
    std::size_t end = octets;
    while (end > 0 && (static_cast<unsigned char>(head[end]) & 0xC0U) == 0x80)
        --end;
    return head.substr(0, end);
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

}  // namespace

std::string make_preview(std::string_view subject, std::string_view text) {
    // More than this can never show, whatever white space and replacements do.
    constexpr std::size_t kEnough = 16 * kMaxPreviewOctets;
    const std::string whole_subject = pressed(subject.substr(0, kEnough));
    std::string out(cut(whole_subject, kMaxPreviewCharacters - 1, kMaxPreviewOctets - 1));
    out.push_back('\n');
    const std::string whole_text = pressed(text.substr(0, kEnough));
    out +=
        cut(whole_text, kMaxPreviewCharacters - characters_in(out), kMaxPreviewOctets - out.size());
    return out;
}

Preview read_preview(std::string_view preview) {
    const std::string whole = utf8_text(preview);
    const std::size_t line = whole.find('\n');
    Preview out;
    out.subject = printable(std::string_view(whole).substr(0, line));
    if (line != std::string::npos)
        out.text = printable(std::string_view(whole).substr(line + 1));
    return out;
}

}  // namespace kith
