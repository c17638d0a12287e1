#include "mail/raw_header.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "header", std::move(detail));
}

Error too_much(std::string detail) {
    return fail(ErrorKind::limit, "header", std::move(detail));
}

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

bool is_name_octet(char c) {
    return c > ' ' && c < 0x7F && c != ':';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The next line with its CRLF. No CR or LF stands alone.
Result<std::string_view> line_of(std::string_view text) {
    const std::size_t at = text.find_first_of(std::string_view("\r\n\0", 3));
    if (at == std::string_view::npos)
        return bad("the last line has no end");
    if (text.substr(at, 2) != "\r\n")
        return bad(text[at] == '\0' ? "has a NUL" : "has a line end that is not CRLF");
    return text.substr(0, at + 2);
}

Result<RawField> field_of(std::string_view whole) {
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos)
        return bad("a line is no field");
    std::string_view name = whole.substr(0, colon);
    while (!name.empty() && is_space(name.back()))
        name.remove_suffix(1);
    if (name.empty() || !std::ranges::all_of(name, is_name_octet))
        return bad("a field's name is no name");
    std::string_view value = whole.substr(colon + 1);
    value.remove_suffix(2);
    return RawField{name, value, whole};
}

// From the start of a field to the next line that does not continue it.
Result<std::size_t> field_length(std::string_view text) {
    std::size_t length = TRY(line_of(text)).size();
    while (length < text.size() && is_space(text[length]))
        length += TRY(line_of(text.substr(length))).size();
    return length;
}

}  // namespace

bool is_named(const RawField& field, std::string_view name) {
    return std::ranges::equal(field.name, name, {}, lower);
}

RawHeader::RawHeader() : text_(std::make_shared<const std::string>()) {}

Result<RawHeader> RawHeader::parse(std::string block, const RawHeaderLimits& limits) {
    if (block.size() > limits.octets)
        return too_much("is longer than allowed");
    RawHeader out;
    out.text_ = std::make_shared<const std::string>(std::move(block));
    std::string_view rest = *out.text_;
    while (!rest.empty()) {
        if (is_space(rest.front()))
            return bad("begins with a continuation");
        const std::size_t length = TRY(field_length(rest));
        if (length > limits.field_octets)
            return too_much("a field is longer than allowed");
        if (out.fields_.size() == limits.fields)
            return too_much("has more fields than allowed");
        out.fields_.push_back(TRY(field_of(rest.substr(0, length))));
        rest.remove_prefix(length);
    }
    return out;
}

std::size_t RawHeader::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields_, [&](const RawField& f) { return is_named(f, name); }));
}

std::vector<const RawField*> RawHeader::all(std::string_view name) const {
    std::vector<const RawField*> out;
    for (const RawField& field : fields_)
        if (is_named(field, name))
            out.push_back(&field);
    return out;
}

const RawField* RawHeader::only(std::string_view name) const {
    const auto found = all(name);
    return found.size() == 1 ? found.front() : nullptr;
}

std::optional<std::size_t> body_offset(std::string_view message, std::size_t searched) {
    if (message.starts_with("\r\n"))
        return 2;
    const std::size_t at = message.find("\r\n\r\n", searched < 3 ? 0 : searched - 3);
    if (at == std::string_view::npos)
        return std::nullopt;
    return at + 4;
}

}  // namespace kith
