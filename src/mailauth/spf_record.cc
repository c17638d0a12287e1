#include "mailauth/spf_record.h"

#include <algorithm>

#include "base/text.h"

namespace kith::mailauth {
namespace {

using Kind = SpfMechanism::Kind;

constexpr std::size_t kMaxRecordOctets = 8'192;
constexpr std::string_view kVersion = "v=spf1";

Error bad(std::string_view term, const std::string& detail) {
    return fail(ErrorKind::malformed,
                "SPF record",
                "\"" + printable(first_characters(term, 80)) + "\" " + detail);
}

std::optional<SpfStatus> qualifier_of(char c) {
    switch (c) {
        case '+':
            return SpfStatus::pass;
        case '-':
            return SpfStatus::fail;
        case '~':
            return SpfStatus::softfail;
        case '?':
            return SpfStatus::neutral;
        default:
            return std::nullopt;
    }
}

// Digits without a leading zero, at most `limit`.
Result<std::size_t> parse_bits(std::string_view text, std::size_t limit) {
    if (text.size() > 3)
        return fail(ErrorKind::malformed, "prefix", "is too long");
    return static_cast<std::size_t>(TRY(parse_decimal(text, limit)));
}

// Cuts "/24//64" off.
Result<void> take_prefixes(SpfMechanism& out, std::string_view& text) {
    const auto cut = [&](std::string_view mark) -> std::optional<std::string_view> {
        const std::size_t digits = text.find_last_not_of("0123456789");
        const std::size_t end = digits == std::string_view::npos ? 0 : digits + 1;
        if (!text.substr(0, end).ends_with(mark))
            return std::nullopt;
        const std::string_view number = text.substr(end);
        text = text.substr(0, end - mark.size());
        return number;
    };
    if (const auto number = cut("//"))
        out.bits6 = TRY(parse_bits(*number, 128));
    if (const auto number = cut("/"))
        out.bits4 = TRY(parse_bits(*number, 32));
    return {};
}

Result<void> read_network(SpfMechanism& out, std::string_view text, IpAddress::Family family) {
    const bool v4 = family == IpAddress::Family::v4;
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    if (address.contains(':') == v4)
        return fail(ErrorKind::malformed, "address", "is of the other family");
    out.network = TRY(IpAddress::parse(address));
    if (slash != std::string_view::npos)
        (v4 ? out.bits4 : out.bits6) = TRY(parse_bits(text.substr(slash + 1), v4 ? 32 : 128));
    // An IPv4-mapped network covers IPv4 clients only with what lies behind its 96 bits.
    if (!v4 && out.network->family() == IpAddress::Family::v4)
        out.bits4 = out.bits6 < 96 ? 0 : out.bits6 - 96;
    return {};
}

// "a:domain/24": `rest` begins with what follows the name.
Result<void> read_arguments(SpfMechanism& out, std::string_view name, std::string_view rest) {
    const bool colon = rest.starts_with(':');
    if (name == "all" || name == "ip4" || name == "ip6" || name == "include" || name == "exists") {
        if (colon == (name == "all") || (!colon && !rest.empty()))
            return fail(ErrorKind::malformed, "mechanism", "has a wrong form");
        rest.remove_prefix(colon ? 1 : 0);
        if (name == "ip4" || name == "ip6")
            return read_network(
                out, rest, name == "ip4" ? IpAddress::Family::v4 : IpAddress::Family::v6);
        if (name != "all")
            out.domain = TRY(parse_domain_spec(rest));
        return {};
    }
    if (name != "ptr")
        TRY(take_prefixes(out, rest));
    if (colon)
        out.domain = TRY(parse_domain_spec(rest.substr(std::min<std::size_t>(1, rest.size()))));
    else if (!rest.empty())
        return fail(ErrorKind::malformed, "mechanism", "has a wrong form");
    return {};
}

std::optional<Kind> kind_of(std::string_view name) {
    if (name == "all")
        return Kind::all;
    if (name == "include")
        return Kind::include;
    if (name == "a")
        return Kind::a;
    if (name == "mx")
        return Kind::mx;
    if (name == "ptr")
        return Kind::ptr;
    if (name == "ip4" || name == "ip6")
        return Kind::ip;
    if (name == "exists")
        return Kind::exists;
    return std::nullopt;
}

Result<SpfMechanism> parse_mechanism(std::string_view term) {
    SpfMechanism out;
    out.text = term;
    std::string_view rest = term;
    if (const auto qualifier = qualifier_of(rest.front())) {
        out.result = *qualifier;
        rest.remove_prefix(1);
    }
    const std::size_t end = std::min(rest.find_first_of(":/"), rest.size());
    const std::string name = to_lower(rest.substr(0, end));
    const auto kind = kind_of(name);
    if (!kind)
        return bad(term, "is no known mechanism");
    out.kind = *kind;
    if (const auto read = read_arguments(out, name, rest.substr(end)); !read)
        return bad(term, "is malformed");
    return out;
}

bool is_modifier_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && letter(name[0]) && std::ranges::all_of(name, [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

// Is "name=…" a modifier? A mechanism's domain may hold a "=", too, but not its name.
std::size_t modifier_end(std::string_view term) {
    const std::size_t equals = term.find('=');
    return equals != std::string_view::npos && is_modifier_name(term.substr(0, equals))
               ? equals
               : std::string_view::npos;
}

Result<void> read_modifier(SpfRecord& out, std::string_view term, std::size_t equals) {
    const std::string name = to_lower(term.substr(0, equals));
    const std::string_view value = term.substr(equals + 1);
    if (name != "redirect" && name != "exp") {
        if (!parse_macro_string(value, SpfMacroUse::explanation))
            return bad(term, "is malformed");
        return {};
    }
    std::optional<SpfMacroString>& place = name == "exp" ? out.explanation : out.redirect;
    if (place)
        return bad(term, "is there twice");
    auto domain = parse_domain_spec(value);
    if (!domain)
        return bad(term, "is malformed");
    place = *std::move(domain);
    return {};
}

}  // namespace

bool is_spf_record(std::string_view text) {
    return to_lower(text.substr(0, kVersion.size())) == kVersion &&
           (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

Result<SpfRecord> parse_spf_record(std::string_view text) {
    if (text.size() > kMaxRecordOctets)
        return fail(ErrorKind::limit, "SPF record", "is longer than allowed");
    if (!is_spf_record(text))
        return fail(ErrorKind::malformed, "SPF record", "is none");
    SpfRecord out;
    for (const std::string_view term : split(text.substr(kVersion.size()), ' ')) {
        if (term.empty())
            continue;
        if (const std::size_t equals = modifier_end(term); equals != std::string_view::npos)
            TRY(read_modifier(out, term, equals));
        else
            out.mechanisms.push_back(TRY(parse_mechanism(term)));
    }
    return out;
}

}  // namespace kith::mailauth
