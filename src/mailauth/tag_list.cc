#include "mailauth/tag_list.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxTags = 64;

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "tags", std::move(detail));
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name(std::string_view text) {
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
    });
}

// VALCHAR, white space between; UTF-8 by RFC 8616.
bool is_value(std::string_view text) {
    return std::ranges::all_of(
               text, [](char c) { return is_space(c) || (c != 0x7F && (c > ' ' || c < 0)); }) &&
           is_utf8(text);
}

}  // namespace

std::string without_space(std::string_view text) {
    std::string out(text);
    std::erase_if(out, is_space);
    return out;
}

std::string_view trim_space(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string> colon_list(std::string_view text) {
    std::vector<std::string> out;
    for (const std::string_view piece : split(text, ':'))
        out.push_back(to_lower(without_space(piece)));
    return out;
}

Result<TagList> TagList::parse(std::string_view text) {
    TagList out;
    text = trim_space(text);
    if (text.ends_with(';'))
        text.remove_suffix(1);
    for (const std::string_view piece : split(text, ';')) {
        if (out.tags_.size() == kMaxTags)
            return fail(ErrorKind::limit, "tags", "are more than 64");
        const std::size_t equals = piece.find('=');
        if (equals == std::string_view::npos)
            return bad("one has no \"=\"");
        const std::string_view name = trim_space(piece.substr(0, equals));
        const std::string_view value = trim_space(piece.substr(equals + 1));
        if (!is_name(name) || !is_value(value))
            return bad("one is malformed");
        if (out.find(name))
            return bad(std::string(name) + "= is there twice");
        out.tags_.push_back({name, value});
    }
    return out;
}

std::optional<std::string_view> TagList::find(std::string_view name) const {
    const auto at = std::ranges::find(tags_, name, &Tag::name);
    return at == tags_.end() ? std::nullopt : std::optional(at->value);
}

Result<std::string_view> TagList::get(std::string_view name) const {
    const auto value = find(name);
    if (!value)
        return bad(std::string(name) + "= is missing");
    return *value;
}

std::string without_signature(std::string_view value) {
    std::string out;
    for (const std::string_view piece : split(value, ';')) {
        const std::size_t equals = std::min(piece.find('='), piece.size());
        const bool signature = trim_space(piece.substr(0, equals)) == "b";
        out += signature ? piece.substr(0, equals + 1) : piece;
        out += ';';
    }
    out.pop_back();
    return out;
}

}  // namespace kith::mailauth
