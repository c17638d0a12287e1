#include "exchange/return_cookie.h"

#include <algorithm>

#include "crypto/hash.h"

namespace kith {
namespace {

// time (8, big endian), the first 16 octets of the MAC.
constexpr std::size_t kTime = 8;
constexpr std::size_t kCookie = 24;
/// Retry-After counts whole seconds, of two clocks.
constexpr Seconds kEarliest{1};

}  // namespace

ByteArray<32> ReturnCookie::mac(ByteView time, std::string_view network) const {
    Bytes message = to_bytes("kith/1 cookie\n");
    message.insert(message.end(), time.begin(), time.end());
    message.insert(message.end(), network.begin(), network.end());
    return hmac_sha256(key_.view(), message);
}

std::string ReturnCookie::make(std::string_view network, Time now) const {
    ByteArray<kCookie> out{};
    const auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (std::size_t i = 0; i < kTime; ++i)
        out[i] = static_cast<std::uint8_t>(seconds >> (8 * (7 - i)));
    const auto tag = mac(ByteView(out).first(kTime), network);
    std::copy_n(tag.begin(), kCookie - kTime, out.begin() + kTime);
    return base64url(out);
}

bool ReturnCookie::is_good(std::string_view cookie, std::string_view network, Time now) const {
    const auto octets = parse_base64url(cookie);
    if (!octets || octets->size() != kCookie)
        return false;
    const ByteView all(*octets);
    const auto tag = mac(all.first(kTime), network);
    if (!equal_in_constant_time(all.subspan(kTime), ByteView(tag).first(kCookie - kTime)))
        return false;
    std::uint64_t seconds = 0;
    for (std::size_t i = 0; i < kTime; ++i)
        seconds = (seconds << 8) | all[i];
    const Time made{Seconds{static_cast<std::int64_t>(seconds)}};
    return now >= made + kEarliest && now <= made + kLife;
}

}  // namespace kith
