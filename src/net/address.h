// IP addresses as policies see them.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

/// An address of the open internet: not loopback, private, link-local, shared (RFC 6598),
/// documentation, multicast, reserved, nor an IPv6 form of such an IPv4 address (mapped, NAT64,
/// 6to4). IANA special-purpose registries (RFC 6890).
bool is_public_address(const boost::asio::ip::address& address);

/// IPv4-mapped IPv6 as IPv4, others as they are.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// What limits count by: the IPv4 address, or the first 56 bits of an IPv6 address.
std::string client_prefix(const boost::asio::ip::address& address);

/// "192.0.2.1:443", "[2001:db8::1]:443". Errors: malformed.
Result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);
std::string endpoint_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace kith
