#include "note/address.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxDomain = 253;
constexpr std::size_t kMaxTypedDomain = 1024;  // U-labels are longer than their A-labels

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c);
}

bool is_local(std::string_view text) {
    const auto allowed = [](char c) {
        return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= kMaxLocal && std::ranges::all_of(text, allowed) &&
           !text.starts_with('.') && !text.ends_with('.') &&
           text.find("..") == std::string_view::npos;
}

// atext of RFC 5322, and what RFC 6531 adds.
bool is_atom(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || kOthers.contains(c) ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_dot_string(std::string_view text) {
    return !text.empty() && std::ranges::all_of(split(text, '.'), [](std::string_view atom) {
        return !atom.empty() && std::ranges::all_of(atom, is_atom);
    });
}

// What stands between the quotes of a quoted string (RFC 5321 section 4.1.2); nothing when it is
// none, or has something behind it.
std::optional<std::string> unquoted(std::string_view text) {
    std::string content;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"')
            return i + 1 == text.size() ? std::optional(content) : std::nullopt;
        if (text[i] == '\\' && ++i == text.size())
            return std::nullopt;
        if (static_cast<unsigned char>(text[i]) < ' ' || text[i] == '\x7f')
            return std::nullopt;
        content += text[i];
    }
    return std::nullopt;
}

std::string in_quotes(std::string_view content) {
    std::string text = "\"";
    for (const char c : content) {
        if (c == '"' || c == '\\')
            text += '\\';
        text += c;
    }
    return text + '"';
}

bool is_label(std::string_view label) {
    const auto allowed = [](char c) { return is_lower_or_digit(c) || c == '-'; };
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, allowed) &&
           !label.starts_with('-') && !label.ends_with('-');
}

// Letters, digits and hyphens (RFC 1123 section 2.1); the last label is no number, so that an IP
// address is never taken for a name.
bool is_host_name(std::string_view domain) {
    if (domain.size() > kMaxDomain)
        return false;
    const std::vector<std::string_view> labels = split(domain, '.');
    return std::ranges::all_of(labels, is_label) && !std::ranges::all_of(labels.back(), is_digit);
}

struct IdnFree {
    void operator()(char* text) const { idn2_free(text); }
};
using IdnText = std::unique_ptr<char, IdnFree>;

Result<std::string> to_a_labels(const std::string& text) {
    char* out = nullptr;
    const int rc = idn2_to_ascii_8z(text.c_str(), &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const IdnText owned(out);
    if (rc != IDN2_OK)
        return bad("domain", idn2_strerror(rc));
    return to_lower(owned.get());
}

// An "xn--" label that is not what its own U-label gives would be a second name for the same thing.
Result<void> check_a_labels(const std::string& domain) {
    char* out = nullptr;
    const int rc = idn2_to_unicode_8z8z(domain.c_str(), &out, 0);
    const IdnText owned(out);
    if (rc != IDN2_OK)
        return bad("domain", idn2_strerror(rc));
    if (TRY(to_a_labels(owned.get())) != domain)
        return bad("domain", "an A-label is not canonical");
    return {};
}

// Cuts "a@b"; the local part is lower case already where the text is normal.
Result<Target> parse_parts(std::string_view text, const char* what) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos)
        return bad(what, "has no @");
    std::string local = to_lower(text.substr(0, at));
    std::string sub;
    if (const std::size_t plus = local.find('+'); plus != std::string::npos) {
        sub = local.substr(plus + 1);
        local.resize(plus);
        if (!is_local(sub))
            return bad(what, "the sub-address is not 1 to 64 of a-z 0-9 . _ -");
    }
    if (!is_local(local))
        return bad(what, "the local part is not 1 to 64 of a-z 0-9 . _ -, dots inside only");
    auto domain = normal_domain(text.substr(at + 1));
    if (!domain)
        return bad(what, "the domain: " + domain.error().detail);
    Target target;
    target.sub = std::move(sub);
    target.address = TRY(Address::parse_normal(local + "@" + *domain));
    return target;
}

}  // namespace

Result<std::string> normal_domain(std::string_view text) {
    if (text.empty() || text.size() > kMaxTypedDomain || !is_utf8(text))
        return bad("domain", "empty, too long or not UTF-8");
    if (text.find('\0') != std::string_view::npos)
        return bad("domain", "a control character");
    std::string domain = to_lower(text);
    const bool ascii = std::ranges::all_of(domain, [](unsigned char c) { return c < 0x80; });
    if (!ascii)
        domain = TRY(to_a_labels(domain));
    if (!is_host_name(domain))
        return bad("domain", "not a domain name of letters, digits and hyphens");
    if (ascii && (domain.starts_with("xn--") || domain.find(".xn--") != std::string::npos))
        TRY(check_a_labels(domain));
    return domain;
}

Result<Address> Address::parse(std::string_view text) {
    Target target = TRY(parse_parts(text, "address"));
    if (!target.sub.empty())
        return bad("address", "has a sub-address");
    return target.address;
}

Result<Address> Address::parse_normal(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos)
        return bad("address", "has no @");
    if (!is_local(text.substr(0, at)))
        return bad("address", "the local part is not 1 to 64 of a-z 0-9 . _ -, dots inside only");
    std::string domain(text.substr(at + 1));
    if (auto normal = normal_domain(domain); !normal || *normal != domain)
        return bad("address", "the domain is not in lower-case A-labels");
    return Address(std::string(text.substr(0, at)), std::move(domain));
}

Result<Address> Address::parse_smtp(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0)
        return bad("address", "has no @");
    std::string local(text.substr(0, at));
    if (!is_utf8(local))
        return bad("address", "the local part is not UTF-8");
    if (local.starts_with('"')) {
        const auto content = unquoted(local);
        if (!content)
            return bad("address", "the local part is not a quoted string");
        local = is_dot_string(*content) ? *content : in_quotes(*content);
    } else if (!is_dot_string(local)) {
        return bad("address", "the local part is neither atoms with dots nor a quoted string");
    }
    if (local.size() > kMaxLocal)
        return bad("address", "the local part is longer than 64 octets");
    auto domain = normal_domain(text.substr(at + 1));
    if (!domain)
        return bad("address", "the domain: " + domain.error().detail);
    return Address(to_lower(local), *std::move(domain));
}

std::string Target::text() const {
    return sub.empty() ? address.text() : address.local() + "+" + sub + "@" + address.domain();
}

Result<Target> parse_target(std::string_view text) {
    return parse_parts(text, "address");
}

Result<Target> parse_normal_target(std::string_view text) {
    Target target = TRY(parse_target(text));
    if (target.text() != text)
        return bad("address", "not in lower case and A-labels");
    return target;
}

Result<std::string> parse_device_name(std::string_view text) {
    const auto allowed = [](char c) { return is_lower_or_digit(c) || c == '-'; };
    if (text.empty() || text.size() > 32 || !std::ranges::all_of(text, allowed))
        return bad("device name", "not 1 to 32 of a-z 0-9 -");
    return std::string(text);
}

}  // namespace kith
