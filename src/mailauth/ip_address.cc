#include "mailauth/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/result.h"

namespace kith::mailauth {
namespace {

constexpr std::size_t kMappedPrefix = 12;  // ::ffff:0:0/96

bool is_mapped(ByteView octets) {
    return octets.size() == 16 && octets[10] == 0xFF && octets[11] == 0xFF &&
           std::ranges::all_of(octets.first(10), [](std::uint8_t o) { return o == 0; });
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string word(text);
    ByteArray<16> octets{};
    const bool v6 = word.contains(':');
    if (word.contains('\0') || inet_pton(v6 ? AF_INET6 : AF_INET, word.c_str(), octets.data()) != 1)
        return fail(ErrorKind::malformed, "IP address", "is none");
    return from_octets(ByteView(octets).first(v6 ? 16 : 4));
}

Result<IpAddress> IpAddress::from_octets(ByteView octets) {
    if (is_mapped(octets))
        octets = octets.subspan(kMappedPrefix);
    if (octets.size() != 4 && octets.size() != 16)
        return fail(ErrorKind::malformed, "IP address", "has 4 or 16 octets");
    IpAddress out;
    out.family_ = octets.size() == 4 ? Family::v4 : Family::v6;
    std::ranges::copy(octets, out.octets_.begin());
    return out;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    inet_ntop(family_ == Family::v4 ? AF_INET : AF_INET6,
              octets_.data(),
              out.data(),
              static_cast<socklen_t>(out.size()));
    return out.data();
}

bool IpAddress::shares_prefix(const IpAddress& other, std::size_t bits) const {
    if (family_ != other.family_)
        return false;
    bits = std::min(bits, octets().size() * 8);
    for (std::size_t i = 0; i < bits / 8; ++i)
        if (octets_[i] != other.octets_[i])
            return false;
    const unsigned left = bits % 8;
    return left == 0 ||
           (octets_[bits / 8] >> (8 - left)) == (other.octets_[bits / 8] >> (8 - left));
}

std::string IpAddress::reverse_name() const {
    std::string out;
    const ByteView all = octets();
    for (std::size_t i = all.size(); i-- > 0;) {
        if (family_ == Family::v4) {
            out += std::to_string(all[i]) + ".";
            continue;
        }
        const std::string digits = hex(all.subspan(i, 1));
        out += {digits[1], '.', digits[0], '.'};
    }
    return out + (family_ == Family::v4 ? "in-addr.arpa" : "ip6.arpa");
}

}  // namespace kith::mailauth
