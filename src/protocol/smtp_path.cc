#include "protocol/smtp_path.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace kith::smtp {
namespace {

Error bad(std::string detail) {
    return fail(ErrorKind::malformed, "address", std::move(detail));
}

bool is_high(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

// RFC 5321 4.1.2 (of RFC 5322 3.2.3), RFC 6531 3.3
bool is_atext(char c) {
    static constexpr std::string_view kSigns = "!#$%&'*+-/=?^_`{|}~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos || is_high(c);
}

bool is_printable(char c) {
    return (c >= ' ' && c <= '~') || is_high(c);
}

bool is_dot_string(std::string_view text) {
    const auto atoms = split(text, '.');
    return std::ranges::all_of(atoms, [](std::string_view atom) {
        return !atom.empty() && std::ranges::all_of(atom, is_atext);
    });
}

/// The meaning of a Quoted-string at the front of `text`, which is moved behind it.
Result<std::string> take_quoted_string(std::string_view& text) {
    std::string meaning;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return meaning;
        }
        if (text[i] == '\\' && ++i == text.size())
            break;
        if (!is_printable(text[i]))
            return bad("a control character in a quoted local part");
        meaning += text[i];
    }
    return bad("a quoted local part does not end");
}

Result<std::string> take_local_part(std::string_view& text) {
    if (text.starts_with('"'))
        return take_quoted_string(text);
    const std::size_t size = std::min(text.find('@'), text.size());
    std::string local(text.substr(0, size));
    if (!is_dot_string(local))
        return bad("the local part is no dot-string and is not quoted");
    text.remove_prefix(size);
    return local;
}

// RFC 5321 4.1.3. No tag but IPv6 was ever registered.
Result<std::string> parse_address_literal(std::string_view text) {
    const std::string inner(text.substr(1, text.size() - 2));
    std::array<unsigned char, sizeof(in6_addr)> octets{};
    const bool is_v6 = to_lower(inner.substr(0, 5)) == "ipv6:";
    const bool valid = is_v6 ? inet_pton(AF_INET6, inner.substr(5).c_str(), octets.data()) == 1
                             : inet_pton(AF_INET, inner.c_str(), octets.data()) == 1;
    if (!valid || inner.find('\0') != std::string::npos)
        return bad("the address literal is no IPv4 address and no IPv6: address");
    return is_v6 ? "[IPv6:" + to_lower(inner.substr(5)) + "]" : "[" + inner + "]";
}

Result<std::string> parse_domain(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']'))
        return parse_address_literal(text);
    auto domain = normal_domain(text);
    if (!domain)
        return bad("the domain: " + domain.error().detail);
    return domain;
}

/// Where the path that begins with "<" ends: at the first ">" outside of quotes.
std::size_t end_of_path(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '>' && !quoted)
            return i;
    }
    return std::string_view::npos;
}

/// RFC 5321 4.1.2: A-d-l ":". It is looked at only to know where it ends.
Result<std::string_view> without_source_route(std::string_view path) {
    if (!path.starts_with('@'))
        return path;
    const std::size_t colon = path.find(':');
    if (colon == std::string_view::npos)
        return bad("a source route does not end");
    for (const std::string_view hop : split(path.substr(0, colon), ','))
        if (!hop.starts_with('@') || !normal_domain(hop.substr(1)))
            return bad("a source route is not of domains");
    return path.substr(colon + 1);
}

/// What stands between the brackets; `text` is moved behind them.
Result<std::string_view> take_brackets(std::string_view& text) {
    const std::size_t end = text.starts_with('<') ? end_of_path(text) : std::string_view::npos;
    if (end == std::string_view::npos)
        return bad("is not in angle brackets");
    const std::string_view inner = TRY(without_source_route(text.substr(1, end - 1)));
    text.remove_prefix(end + 1);
    return inner;
}

}  // namespace

Result<Mailbox> Mailbox::parse(std::string_view text, Utf8 utf8) {
    if (text.size() > kMaxMailbox)
        return fail(ErrorKind::limit, "address", "is longer than 254 octets");
    if (std::ranges::any_of(text, is_high)) {
        if (!is_utf8(text))
            return bad("is not UTF-8");
        if (utf8 == Utf8::refused)
            return fail(ErrorKind::denied, "address", "has UTF-8 without SMTPUTF8");
    }
    std::string local = TRY(take_local_part(text));
    if (!text.starts_with('@'))
        return bad("has no @ behind the local part");
    std::string domain = TRY(parse_domain(text.substr(1)));
    Mailbox mailbox(std::move(local), std::move(domain));
    // Its A-labels may be longer than what stood there.
    if (mailbox.text().size() > kMaxMailbox)
        return fail(ErrorKind::limit, "address", "is longer than 254 octets");
    return mailbox;
}

bool Mailbox::needs_utf8() const {
    return std::ranges::any_of(local_, is_high);
}

std::string Mailbox::text() const {
    if (domain_.empty())
        return local_;
    if (is_dot_string(local_))
        return local_ + "@" + domain_;
    std::string quoted = "\"";
    for (const char c : local_) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "\"@" + domain_;
}

Result<Mailbox> take_reverse_path(std::string_view& text, Utf8 utf8) {
    std::string_view rest = text;
    const std::string_view inner = TRY(take_brackets(rest));
    Mailbox mailbox;
    if (!inner.empty())
        mailbox = TRY(Mailbox::parse(inner, utf8));
    text = rest;
    return mailbox;
}

Result<Mailbox> take_forward_path(std::string_view& text, Utf8 utf8) {
    std::string_view rest = text;
    const std::string_view inner = TRY(take_brackets(rest));
    // RFC 5321 4.1.1.3: "Postmaster" needs no domain.
    Mailbox mailbox = to_lower(inner) == "postmaster" ? Mailbox("postmaster", "")
                                                      : TRY(Mailbox::parse(inner, utf8));
    text = rest;
    return mailbox;
}

std::optional<Target> target_of(const Mailbox& mailbox) {
    if (mailbox.domain().empty() || mailbox.is_literal() ||
        mailbox.local().find('@') != std::string::npos)
        return std::nullopt;
    auto target = parse_target(mailbox.local() + "@" + mailbox.domain());
    return target ? std::optional(std::move(*target)) : std::nullopt;
}

}  // namespace kith::smtp
