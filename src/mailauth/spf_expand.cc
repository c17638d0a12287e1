// The expansion of SPF's macros and the explanation (RFC 7208 sections 6.2 and 7).
#include <algorithm>

#include "base/text.h"
#include "mailauth/spf_check.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMaxExplanation = 500;
constexpr std::size_t kMaxExpanded = 4'096;

// Section 7.3, %{i}: dotted nibbles for IPv6.
std::string dotted(const IpAddress& address) {
    if (address.family() == IpAddress::Family::v4)
        return address.text();
    std::string out;
    for (const char digit : hex(address.octets())) {
        const char upper = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
        out += (out.empty() ? "" : ".") + std::string(1, upper);
    }
    return out;
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string SpfCheck::macro_value(char letter,
                                  const std::string& domain,
                                  const std::string& name) const {
    switch (letter) {
        case 's':
            return sender_local_ + "@" + sender_domain_;
        case 'l':
            return sender_local_;
        case 'o':
            return sender_domain_;
        case 'd':
            return domain;
        case 'i':
            return dotted(request_.client);
        case 'p':
            return name;
        case 'v':
            return request_.client.family() == IpAddress::Family::v4 ? "in-addr" : "ip6";
        case 'h':
            return request_.helo;
        case 'c':
            return request_.client.text();
        case 'r':
            return request_.receiver.empty() ? "unknown" : request_.receiver;
        case 't':
            return std::to_string(request_.now.time_since_epoch().count());
        default:
            return "";
    }
}

// The domain itself before one below it before any other.
Asking<std::string> SpfCheck::name_for_macro(std::string domain) {
    std::string out = "unknown";
    int best = 0;
    for (const std::string& name : co_await names_of_client()) {
        const int rank = name == domain ? 3 : name.ends_with("." + domain) ? 2 : 1;
        if (rank > best)
            out = name;
        best = std::max(best, rank);
    }
    co_return out;
}

Asking<std::string> SpfCheck::expand(const SpfMacroString* text, std::string domain) {
    std::string name;
    if (uses(*text, 'p'))
        name = co_await name_for_macro(domain);
    std::string out;
    for (const auto& part : text->parts) {
        if (const auto* literal = std::get_if<std::string>(&part)) {
            out += *literal;
            continue;
        }
        const auto& macro = std::get<SpfMacro>(part);
        out += transform(macro, macro_value(macro.letter, domain, name));
        if (out.size() > kMaxExpanded)
            break;
    }
    co_return out;
}

// Labels go from the left until it is short enough (section 7.3).
Asking<std::string> SpfCheck::target_of(const SpfMacroString* text, std::string domain) {
    std::string out = to_lower(co_await expand(text, std::move(domain)));
    if (out.ends_with('.'))
        out.pop_back();
    while (out.size() > 253) {
        const std::size_t dot = out.find('.');
        if (dot == std::string::npos)
            break;
        out.erase(0, dot + 1);
    }
    co_return out;
}

// Whatever goes wrong, there is no explanation.
Asking<std::string> SpfCheck::explain(std::string name) {
    if (!is_dns_name(name))
        co_return "";
    const Answer answer = co_await Ask(name, RecordType::txt);
    if (answer.records.size() != 1 || !is_plain(answer.records[0]))
        co_return "";
    const auto text = parse_macro_string(answer.records[0], SpfMacroUse::explanation);
    if (!text)
        co_return "";
    const std::string out = co_await expand(&*text, sender_domain_);
    co_return is_plain(out) && out.size() <= kMaxExplanation ? out : "";
}

}  // namespace kith::mailauth
