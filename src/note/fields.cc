#include "note/fields.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kMaxText = 65'536;
constexpr std::string_view kMagic = "kith/1 ";

bool is_name(std::string_view text) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
    return !text.empty() && std::ranges::all_of(text, allowed);
}

// No C0, no DEL, no C1 (U+0080 to U+009F is C2 80 to C2 9F); is_utf8 is checked for the whole text.
bool is_value(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F)
            return false;
        if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
            return false;
    }
    return true;
}

Result<Field> parse_field(std::string_view line) {
    if (line.empty())
        return fail(ErrorKind::malformed, "note", "an empty line inside the text");
    const std::size_t space = line.find(' ');
    const std::string_view name = line.substr(0, space);
    if (!is_name(name))
        return fail(ErrorKind::malformed, "note", "a field name is not of a-z and -");
    if (space == std::string_view::npos)
        return Field{std::string(name), {}};
    const std::string_view value = line.substr(space + 1);
    if (value.empty())
        return fail(ErrorKind::malformed, std::string(name), "a space, but no value");
    if (!is_value(value))
        return fail(ErrorKind::malformed, std::string(name), "a control character");
    return Field{std::string(name), std::string(value)};
}

}  // namespace

Result<Fields> Fields::parse(std::string_view text, std::string_view type) {
    if (text.size() > kMaxText)
        return fail(ErrorKind::limit, "note", "more than 65536 octets");
    if (!text.ends_with('\n') || !is_utf8(text))
        return fail(ErrorKind::malformed, "note", "not UTF-8, or the last line has no end");
    const std::size_t first_end = text.find('\n');
    const std::string_view first = text.substr(0, first_end);
    if (!first.starts_with(kMagic) || !is_name(first.substr(kMagic.size())))
        return fail(ErrorKind::malformed, "type", "the first line is not \"kith/1 TYPE\"");
    if (first.substr(kMagic.size()) != type)
        return fail(ErrorKind::malformed, "type", "not a " + std::string(type));
    Fields fields;
    std::string_view rest = text.substr(first_end + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        fields.all_.push_back(TRY(parse_field(rest.substr(0, end))));
        rest.remove_prefix(end + 1);
    }
    return fields;
}

bool Fields::has(std::string_view name) const {
    return std::ranges::any_of(all_, [&](const Field& field) { return field.name == name; });
}

std::vector<Field> Fields::others(std::span<const std::string_view> known) const {
    std::vector<Field> unknown;
    for (const Field& field : all_)
        if (std::ranges::find(known, field.name) == known.end())
            unknown.push_back(field);
    return unknown;
}

Result<std::string_view> Fields::single(std::string_view name) const {
    const Field* found = nullptr;
    for (const Field& field : all_) {
        if (field.name != name)
            continue;
        if (found)
            return fail(ErrorKind::malformed, std::string(name), "stands twice");
        found = &field;
    }
    if (!found)
        return fail(ErrorKind::malformed, std::string(name), "missing");
    return std::string_view(found->value);
}

Result<std::string> as_line(std::string_view value) {
    if (value.empty())
        return fail(ErrorKind::malformed, "text", "empty");
    return std::string(value);
}

Result<Time> as_time(std::string_view value) {
    return parse_time(value);
}

Result<Hash> as_hash(std::string_view value) {
    return parse_hash(value);
}

Result<PublicKey> as_key(std::string_view value) {
    return parse_public_key(value);
}

Result<AgeRecipient> as_recipient(std::string_view value) {
    AgeRecipient recipient = TRY(parse_age_recipient(value));
    if (recipient.text() != value)
        return fail(ErrorKind::malformed, "recipient", "not in lower case");
    return recipient;
}

Result<std::string> as_id(std::string_view value) {
    if (value.size() != 32 || !parse_hex(value))
        return fail(ErrorKind::malformed, "id", "not 32 lower-case hex digits");
    return std::string(value);
}

Result<Address> as_address(std::string_view value) {
    return Address::parse_normal(value);
}

Result<Target> as_target(std::string_view value) {
    return parse_normal_target(value);
}

Result<std::string> as_domain(std::string_view value) {
    std::string domain = TRY(normal_domain(value));
    if (domain != value)
        return fail(ErrorKind::malformed, "domain", "not in lower-case A-labels");
    return domain;
}

Result<std::string> as_device_name(std::string_view value) {
    return parse_device_name(value);
}

Result<Bytes> as_base64(std::string_view value) {
    Bytes octets = TRY(parse_base64(value));
    if (octets.empty())
        return fail(ErrorKind::malformed, "base64", "empty");
    return octets;
}

Result<void> check_not_future(Time time, Time now) {
    if (time > now + kClockSkew)
        return fail(ErrorKind::future, "time", "more than 5 minutes ahead of our clock");
    return {};
}

Result<void> check_not_expired(Time expires, Time now) {
    if (expires < now)
        return fail(ErrorKind::expired, "expires", "is over");
    return {};
}

FieldWriter::FieldWriter(std::string_view type) : text_(std::string(kMagic)) {
    KITH_CHECK(is_name(type));
    text_.append(type).append("\n");
}

FieldWriter& FieldWriter::add(std::string_view name, std::string_view value) {
    KITH_CHECK(is_name(name) && is_value(value));
    text_.append(name);
    if (!value.empty())
        text_.append(" ").append(value);
    text_.append("\n");
    return *this;
}

}  // namespace kith
