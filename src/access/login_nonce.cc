#include "access/login_nonce.h"

#include <algorithm>

#include "crypto/hash.h"

namespace kith {
namespace {

// time (8, big endian), random (8), the first 16 octets of the MAC.
constexpr std::size_t kHead = 16;
constexpr std::size_t kNonce = 32;

}  // namespace

ByteArray<32> LoginNonces::mac(ByteView head, std::string_view address) const {
    Bytes message = to_bytes("kith/1 nonce\n");
    message.insert(message.end(), head.begin(), head.end());
    message.insert(message.end(), address.begin(), address.end());
    return hmac_sha256(key_.view(), message);
}

std::string LoginNonces::make(std::string_view address, Time now, Random& random) const {
    ByteArray<kNonce> out{};
    auto seconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (std::size_t i = 0; i < 8; ++i)
        out[i] = static_cast<std::uint8_t>(seconds >> (8 * (7 - i)));
    random.fill(std::span(out).subspan(8, 8));
    const auto tag = mac(ByteView(out).first(kHead), address);
    std::copy_n(tag.begin(), kNonce - kHead, out.begin() + kHead);
    return base64url(out);
}

Result<void> LoginNonces::check(std::string_view nonce, std::string_view address, Time now) const {
    auto octets = parse_base64url(nonce);
    if (!octets || octets->size() != kNonce)
        return fail(ErrorKind::malformed, "login: nonce", "is not one of this server's");
    const ByteView all(*octets);
    const auto tag = mac(all.first(kHead), address);
    if (!equal_in_constant_time(all.subspan(kHead), ByteView(tag).first(kNonce - kHead)))
        return fail(ErrorKind::bad_signature, "login: nonce", "is not one of this server's");
    std::uint64_t seconds = 0;
    for (std::size_t i = 0; i < 8; ++i)
        seconds = (seconds << 8) | all[i];
    const Time made{Seconds{static_cast<std::int64_t>(seconds)}};
    if (made > now + kClockSkew)
        return fail(ErrorKind::future, "login: nonce", "was made in the future");
    if (now > made + life_)
        return fail(ErrorKind::expired, "login: nonce", "is too old");
    return {};
}

}  // namespace kith
