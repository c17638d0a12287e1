// IP addresses as policies see them.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

/// An address of the open internet: not loopback, private, link-local, shared (RFC 6598),
/// documentation, multicast, reserved, nor an IPv6 form of such an IPv4 address (mapped, NAT64,
/// 6to4). IANA special-purpose registries (RFC 6890).
bool is_public_address(const boost::asio::ip::address& address);

/// IPv4-mapped IPv6 as IPv4, others as they are.
boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// May a server that another domain names be called there? `nowhere`: link-local (where clouds
/// serve their machines' secrets), multicast and the like; not even in a test network.
enum class Reach { open_internet, private_network, nowhere };
Reach reach_of(const boost::asio::ip::address& address);

/// The narrowest network that limits count by: the IPv4 address, or the IPv6 /64.
std::string client_prefix(const boost::asio::ip::address& address);

/// All networks that limits count by, from narrow to wide: IPv4 address and /24; IPv6 /64, /56
/// (what one customer often has) and /48.
std::vector<std::string> client_networks(const boost::asio::ip::address& address);

/// "192.0.2.1:443", "[2001:db8::1]:443". Errors: malformed.
Result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);
std::string endpoint_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace kith
