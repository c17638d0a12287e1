// The address of a client, for SPF: no socket type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kith::mailauth {

class IpAddress {
  public:
    enum class Family { v4, v6 };

    /// "192.0.2.1", "2001:db8::1"; an IPv4-mapped one is IPv4. Errors: malformed.
    static Result<IpAddress> parse(std::string_view text);
    /// 4 or 16 octets. Errors: malformed (another length).
    static Result<IpAddress> from_octets(ByteView octets);

    Family family() const { return family_; }
    ByteView octets() const { return ByteView(octets_).first(family_ == Family::v4 ? 4 : 16); }
    std::string text() const;
    /// Are the first `bits` the same? False across families.
    bool shares_prefix(const IpAddress& other, std::size_t bits) const;
    /// "1.2.0.192.in-addr.arpa", "….ip6.arpa".
    std::string reverse_name() const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;

  private:
    Family family_ = Family::v4;
    ByteArray<16> octets_{};
};

}  // namespace kith::mailauth
