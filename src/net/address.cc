#include "net/address.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace kith {

namespace ip = boost::asio::ip;

namespace {

struct Block4 {
    std::uint32_t network;
    unsigned bits;
};

// IANA IPv4 special-purpose registry, multicast and reserved.
constexpr auto kSpecial4 = std::to_array<Block4>({
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared, RFC 6598
    {0x7F000000, 8},   // loopback
    {0xA83F8110, 32},  // a cloud's address for its machines' settings
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarking
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
});

bool is_public4(ip::address_v4 address) {
    std::uint32_t value = address.to_uint();
    return std::ranges::none_of(kSpecial4, [value](const Block4& block) {
        return ((value ^ block.network) & (~std::uint32_t{0} << (32 - block.bits))) == 0;
    });
}

ip::address_v4 v4_at(const ip::address_v6::bytes_type& octets, std::size_t offset) {
    return ip::address_v4(
        {octets[offset], octets[offset + 1], octets[offset + 2], octets[offset + 3]});
}

bool is_public6(const ip::address_v6& address) {
    auto octets = address.to_bytes();
    static constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xFF, 0x9B};
    if (std::equal(kNat64.begin(), kNat64.end(), octets.begin()))
        return is_public4(v4_at(octets, 12));
    if ((octets[0] & 0xE0U) != 0x20)
        return false;  // only 2000::/3 is global unicast
    if (octets[0] == 0x20 && octets[1] == 0x02)
        return is_public4(v4_at(octets, 2));                                        // 6to4
    bool assignments = octets[0] == 0x20 && octets[1] == 0x01 && octets[2] < 0x02;  // 2001::/23
    bool documentation =
        (octets[0] == 0x20 && octets[1] == 0x01 && octets[2] == 0x0D && octets[3] == 0xB8) ||
        (octets[0] == 0x3F && octets[1] == 0xFF && octets[2] < 0x10);
    return !assignments && !documentation;
}

// `bits` a multiple of 8.
std::string network6(const ip::address_v6& address, std::size_t bits) {
    auto octets = address.to_bytes();
    std::fill(
        octets.begin() + static_cast<std::ptrdiff_t>(bits / 8), octets.end(), std::uint8_t{0});
    return ip::address_v6(octets).to_string() + "/" + std::to_string(bits);
}

}  // namespace

bool is_public_address(const ip::address& address) {
    ip::address plain = plain_address(address);
    return plain.is_v4() ? is_public4(plain.to_v4()) : is_public6(plain.to_v6());
}

ip::address plain_address(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

Reach reach_of(const ip::address& address) {
    if (is_public_address(address))
        return Reach::open_internet;
    const ip::address plain = plain_address(address);
    if (plain.is_loopback())
        return Reach::private_network;
    if (plain.is_v4()) {
        const auto octets = plain.to_v4().to_bytes();
        const bool is_private = octets[0] == 10 ||
                                (octets[0] == 172 && (octets[1] & 0xF0U) == 16) ||
                                (octets[0] == 192 && octets[1] == 168);
        return is_private ? Reach::private_network : Reach::nowhere;
    }
    // Unique local addresses, RFC 4193.
    return (plain.to_v6().to_bytes()[0] & 0xFEU) == 0xFC ? Reach::private_network : Reach::nowhere;
}

std::string client_prefix(const ip::address& address) {
    ip::address plain = plain_address(address);
    return plain.is_v4() ? plain.to_string() : network6(plain.to_v6(), 64);
}

std::vector<std::string> client_networks(const ip::address& address) {
    const ip::address plain = plain_address(address);
    if (plain.is_v6())
        return {
            network6(plain.to_v6(), 64), network6(plain.to_v6(), 56), network6(plain.to_v6(), 48)};
    const ip::address_v4 network(plain.to_v4().to_uint() & 0xFFFFFF00U);
    return {plain.to_string(), network.to_string() + "/24"};
}

Result<ip::tcp::endpoint> parse_endpoint(std::string_view text) {
    auto bad = [text] {
        return fail(ErrorKind::malformed, "endpoint", "'" + std::string(text) + "' is not IP:PORT");
    };
    std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return bad();
    std::string_view host = text.substr(0, colon);
    auto port = parse_decimal(text.substr(colon + 1), 65535);
    bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    ip::address address = ip::make_address(std::string(host), error);
    if (!port || error || address.is_v6() != bracketed)
        return bad();
    return ip::tcp::endpoint(address, static_cast<std::uint16_t>(*port));
}

std::string endpoint_text(const ip::tcp::endpoint& endpoint) {
    std::string host = endpoint.address().to_string();
    if (endpoint.address().is_v6())
        host = "[" + host + "]";
    return host + ":" + std::to_string(endpoint.port());
}

}  // namespace kith
