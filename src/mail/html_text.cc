#include "mail/html_text.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::array<std::string_view, 22> kBlocks = {
    "address", "article", "aside", "blockquote", "br",      "dd", "div", "dt",
    "footer",  "h1",      "h2",    "h3",         "h4",      "h5", "h6",  "header",
    "hr",      "li",      "p",     "pre",        "section", "tr",
};
constexpr std::array<std::string_view, 7> kSilent = {
    "head", "noscript", "script", "style", "svg", "template", "title"};

struct Entity {
    std::string_view name;
    std::string_view text;
};
constexpr std::array kEntities = {
    Entity{"amp", "&"},   Entity{"apos", "'"},  Entity{"bull", "•"},   Entity{"copy", "©"},
    Entity{"euro", "€"},  Entity{"gt", ">"},    Entity{"hellip", "…"}, Entity{"laquo", "«"},
    Entity{"ldquo", "“"}, Entity{"lsquo", "‘"}, Entity{"lt", "<"},     Entity{"mdash", "—"},
    Entity{"nbsp", " "},  Entity{"ndash", "–"}, Entity{"quot", "\""},  Entity{"raquo", "»"},
    Entity{"rdquo", "”"}, Entity{"rsquo", "’"}, Entity{"shy", ""},     Entity{"zwnj", ""},
};

template <class Table>
bool contains(const Table& table, std::string_view name) {
    return std::ranges::find(table, name) != table.end();
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

std::string utf8_of(std::uint64_t code) {
    const auto octet = [](std::uint64_t value) { return static_cast<char>(value); };
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF))
        return " ";
    if (code < 0x80)
        return {octet(code)};
    if (code < 0x800)
        return {octet(0xC0 | (code >> 6)), octet(0x80 | (code & 0x3F))};
    if (code < 0x10000)
        return {octet(0xE0 | (code >> 12)),
                octet(0x80 | ((code >> 6) & 0x3F)),
                octet(0x80 | (code & 0x3F))};
    return {octet(0xF0 | (code >> 18)),
            octet(0x80 | ((code >> 12) & 0x3F)),
            octet(0x80 | ((code >> 6) & 0x3F)),
            octet(0x80 | (code & 0x3F))};
}

class Stripper {
  public:
    explicit Stripper(std::string_view html) : rest_(html) {}

    std::string run() {
        while (!rest_.empty()) {
            if (rest_.front() == '<')
                take_tag();
            else if (rest_.front() == '&')
                take_entity();
            else
                take_character();
        }
        return std::string(trim_end());
    }

  private:
    void take_character() {
        if (is_space(rest_.front()))
            space_ = true;
        else
            put(rest_.substr(0, 1));
        rest_.remove_prefix(1);
    }

    void put(std::string_view text) {
        if (space_ && !out_.empty() && !out_.ends_with('\n'))
            out_.push_back(' ');
        space_ = false;
        out_ += text;
    }

    // At most one empty line in a row.
    void break_line() {
        while (out_.ends_with(' '))
            out_.pop_back();
        space_ = false;
        if (!out_.empty() && !out_.ends_with("\n\n"))
            out_.push_back('\n');
    }

    void take_tag() {
        if (rest_.starts_with("<!--"))
            return skip_past("-->");
        const std::size_t end = rest_.find('>');
        if (end == std::string_view::npos) {
            rest_ = {};
            return;
        }
        std::string_view tag = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        const bool closing = tag.starts_with('/');
        if (closing)
            tag.remove_prefix(1);
        const auto* const stop =
            std::ranges::find_if(tag, [](char c) { return is_space(c) || c == '/'; });
        const std::string name = to_lower(
            tag.substr(0, std::min<std::size_t>(static_cast<std::size_t>(stop - tag.begin()), 16)));
        if (!closing && contains(kSilent, name))
            return skip_element(name);
        if (contains(kBlocks, name))
            break_line();
        else if (name == "td" || name == "th")
            space_ = true;
    }

    void skip_past(std::string_view mark) {
        const std::size_t end = rest_.find(mark);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + mark.size());
    }

    // What is inside is no text, up to the closing tag of that name.
    void skip_element(std::string_view name) {
        for (;;) {
            const std::size_t end = rest_.find("</");
            if (end == std::string_view::npos) {
                rest_ = {};
                return;
            }
            rest_.remove_prefix(end + 2);
            if (to_lower(rest_.substr(0, name.size())) == name)
                return skip_past(">");
        }
    }

    void take_entity() {
        const std::size_t end = rest_.substr(0, 12).find(';');
        const std::string text =
            end == std::string_view::npos ? "" : decoded(rest_.substr(1, end - 1));
        if (text.empty()) {
            put("&");
            rest_.remove_prefix(1);
            return;
        }
        if (text == " ")
            space_ = true;
        else if (text != "\n")
            put(text);
        rest_.remove_prefix(end + 1);
    }

    // Empty when it is no entity; LF for one that stands for nothing.
    static std::string decoded(std::string_view name) {
        if (name.starts_with('#'))
            return decoded_number(name.substr(1));
        const auto* const found = std::ranges::find(kEntities, name, &Entity::name);
        if (found == kEntities.end())
            return {};
        return found->text.empty() ? "\n" : std::string(found->text);
    }

    static std::string decoded_number(std::string_view digits) {
        std::uint64_t code = 0;
        const bool hexadecimal = digits.starts_with('x') || digits.starts_with('X');
        if (hexadecimal)
            digits.remove_prefix(1);
        if (digits.empty())
            return {};
        for (const char c : to_lower(digits)) {
            const bool letter = hexadecimal && c >= 'a' && c <= 'f';
            if (!letter && (c < '0' || c > '9'))
                return {};
            const auto digit = static_cast<std::uint64_t>(letter ? c - 'a' + 10 : c - '0');
            code = code * (hexadecimal ? 16 : 10) + digit;
        }
        return utf8_of(code);
    }

    std::string_view trim_end() {
        while (!out_.empty() && is_space(out_.back()))
            out_.pop_back();
        return out_;
    }

    std::string_view rest_;
    std::string out_;
    bool space_ = false;  ///< white space came since the last character
};

}  // namespace

std::string html_to_text(std::string_view html) {
    return Stripper(html).run();
}

}  // namespace kith
