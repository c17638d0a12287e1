// An SPF record (RFC 7208 sections 4.5, 5, 6), read whole before any of it is evaluated.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailauth/dns.h"
#include "mailauth/ip_address.h"
#include "mailauth/spf.h"
#include "mailauth/spf_macro.h"

namespace kith::mailauth {

struct SpfMechanism {
    enum class Kind { all, include, a, mx, ptr, ip, exists };
    Kind kind = Kind::all;
    SpfStatus result = SpfStatus::pass;    ///< by its qualifier
    std::optional<SpfMacroString> domain;  ///< none: the domain that is checked
    std::optional<IpAddress> network;      ///< ip4, ip6
    std::size_t bits4 = 32;                ///< CIDR prefixes
    std::size_t bits6 = 128;
    std::string text;  ///< as written, for the reason
};

struct SpfRecord {
    std::vector<SpfMechanism> mechanisms;
    std::optional<SpfMacroString> redirect;
    std::optional<SpfMacroString> explanation;
};

/// "v=spf1", alone or before a space.
bool is_spf_record(std::string_view text);
/// Errors: malformed ("SPF record": the term at fault), limit.
Result<SpfRecord> parse_spf_record(std::string_view text);

}  // namespace kith::mailauth
