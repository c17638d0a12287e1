#include "mailauth/spf_macro.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace kith::mailauth {
namespace {

constexpr std::string_view kDelimiters = ".-+,/_=";

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "macro", std::move(detail));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "d2r-": what stands between "%{" and "}".
Result<SpfMacro> parse_macro(std::string_view text, SpfMacroUse use) {
    if (text.empty())
        return bad("is empty");
    SpfMacro out;
    out.letter = to_lower(text.substr(0, 1))[0];
    out.escaped = out.letter != text[0];
    const std::string_view letters = use == SpfMacroUse::domain ? "slodiphv" : "slodiphvcrt";
    if (!letters.contains(out.letter))
        return bad("has an unknown letter");
    text.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits]))
        ++digits;
    if (digits > 0) {
        std::size_t keep = 0;
        for (const char c : text.substr(0, std::min<std::size_t>(digits, 9)))
            keep = keep * 10 + static_cast<std::size_t>(c - '0');
        if (keep == 0)
            return bad("keeps nothing");
        out.keep = keep;
        text.remove_prefix(digits);
    }
    if (!text.empty() && (text[0] == 'r' || text[0] == 'R')) {
        out.reversed = true;
        text.remove_prefix(1);
    }
    if (text.find_first_not_of(kDelimiters) != std::string_view::npos)
        return bad("has an unknown transformer");
    if (!text.empty())
        out.delimiters = text;
    return out;
}

void add_literal(SpfMacroString& out, std::string_view text) {
    if (out.parts.empty() || !std::holds_alternative<std::string>(out.parts.back()))
        out.parts.emplace_back(std::string());
    std::get<std::string>(out.parts.back()) += text;
}

// Behind a "%": gives how many octets it took.
Result<std::size_t> parse_percent(SpfMacroString& out, std::string_view text, SpfMacroUse use) {
    if (text.starts_with('%'))
        add_literal(out, "%");
    else if (text.starts_with('_'))
        add_literal(out, " ");
    else if (text.starts_with('-'))
        add_literal(out, "%20");
    else if (text.starts_with('{')) {
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos)
            return bad("has no end");
        out.parts.emplace_back(TRY(parse_macro(text.substr(1, end - 1), use)));
        return end + 1;
    } else {
        return bad("\"%\" stands alone");
    }
    return std::size_t{1};
}

// A dot and a label that is no number (RFC 7208 section 7.1, toplabel).
bool ends_in_top_label(std::string_view text) {
    if (text.ends_with('.'))
        text.remove_suffix(1);
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos)
        return false;
    const std::string_view label = text.substr(dot + 1);
    const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
    return !label.empty() && std::ranges::all_of(label, allowed) &&
           !std::ranges::all_of(label, is_digit) && !label.starts_with('-') &&
           !label.ends_with('-');
}

}  // namespace

Result<SpfMacroString> parse_macro_string(std::string_view text, SpfMacroUse use) {
    SpfMacroString out;
    const char lowest = use == SpfMacroUse::explanation ? ' ' : '!';
    while (!text.empty()) {
        if (text[0] == '%') {
            text.remove_prefix(1);
            text.remove_prefix(TRY(parse_percent(out, text, use)));
            continue;
        }
        if (text[0] < lowest || text[0] > '~')
            return bad("an octet is not allowed");
        add_literal(out, text.substr(0, 1));
        text.remove_prefix(1);
    }
    return out;
}

Result<SpfMacroString> parse_domain_spec(std::string_view text) {
    SpfMacroString out = TRY(parse_macro_string(text, SpfMacroUse::domain));
    const auto is_escape = [&](std::string_view e) { return text.ends_with(e); };
    if (out.parts.empty())
        return bad("a domain is missing");
    const auto* last = std::get_if<std::string>(&out.parts.back());
    if (last && !ends_in_top_label(*last) && !is_escape("%%") && !is_escape("%_") &&
        !is_escape("%-"))
        return bad("a domain does not end in a top-level label");
    return out;
}

std::string transform(const SpfMacro& macro, std::string_view value) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t end =
            std::min(value.find_first_of(macro.delimiters, begin), value.size());
        parts.push_back(value.substr(begin, end - begin));
        begin = end + 1;
    }
    if (macro.reversed)
        std::ranges::reverse(parts);
    if (macro.keep && *macro.keep < parts.size())
        parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(*macro.keep));
    std::string out(parts.empty() ? "" : parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i)
        out += "." + std::string(parts[i]);
    if (!macro.escaped)
        return out;
    std::string escaped;
    for (const char c : out) {
        if (is_letter(c) || is_digit(c) || std::string_view("-._~").contains(c)) {
            escaped += c;
        } else {
            const std::string digits = hex(as_bytes(std::string_view(&c, 1)));
            for (const char digit : "%" + digits)
                escaped +=
                    digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit;
        }
    }
    return escaped;
}

bool uses(const SpfMacroString& text, char letter) {
    return std::ranges::any_of(text.parts, [&](const auto& part) {
        const auto* macro = std::get_if<SpfMacro>(&part);
        return macro && macro->letter == letter;
    });
}

}  // namespace kith::mailauth
