// Addresses of Kith accounts (protocol section 1): local part and domain, in the one form in which
// they are compared and written: lower case, the domain as A-labels.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

/// The domain in the form in which it is compared: lower case, IDN as A-labels (IDNA 2008), no dot
/// at the end. Errors: malformed ("domain").
Result<std::string> normal_domain(std::string_view text);

/// "alice@one.test". A default-made one is empty; every other one is valid and normal.
class Address {
  public:
    Address() = default;

    /// What a person types: any case, IDN allowed. No sub-address.
    /// Errors: malformed ("address").
    static Result<Address> parse(std::string_view text);
    /// What stands in notes: refused when it is not in its normal form already.
    static Result<Address> parse_normal(std::string_view text);
    /// Of somebody who may have no card: any local part of RFC 5321 and 6531, a "+" in it included.
    /// A quoted one that needs no quotes loses them; ASCII letters become lower case, since no two
    /// people are told apart by them. Never a name of an account of Kith's, unless
    /// parse_normal() takes it, too. Errors: malformed ("address"); an address literal is refused.
    static Result<Address> parse_smtp(std::string_view text);

    const std::string& local() const { return local_; }
    const std::string& domain() const { return domain_; }
    std::string text() const { return local_ + "@" + domain_; }
    bool empty() const { return local_.empty(); }

    friend auto operator<=>(const Address&, const Address&) = default;

  private:
    Address(std::string local, std::string domain)
        : local_(std::move(local)), domain_(std::move(domain)) {}

    std::string local_;
    std::string domain_;
};

/// Where a message goes: an address, perhaps with a sub-address ("bob+news@two.test").
struct Target {
    Address address;
    std::string sub;  ///< without the "+"; empty when there is none

    std::string text() const;
    friend auto operator<=>(const Target&, const Target&) = default;
};

/// As Address::parse; a sub-address is 1 to 64 characters, formed as a local part.
Result<Target> parse_target(std::string_view text);
/// As Address::parse_normal.
Result<Target> parse_normal_target(std::string_view text);

/// A device's name: 1 to 32 characters of a-z 0-9 "-". Errors: malformed ("device name").
Result<std::string> parse_device_name(std::string_view text);

}  // namespace kith

template <>
struct std::hash<kith::Address> {
    std::size_t operator()(const kith::Address& value) const noexcept {
        return std::hash<std::string>{}(value.local()) * 31 +
               std::hash<std::string>{}(value.domain());
    }
};
