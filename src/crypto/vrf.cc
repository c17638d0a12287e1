#include "crypto/vrf.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "crypto/sodium_ready.h"

namespace kith {
namespace {

using Point = ByteArray<crypto_core_ristretto255_BYTES>;
using Scalar = SecretArray<crypto_core_ristretto255_SCALARBYTES>;

constexpr std::string_view kSuiteText =
    "\xFF"
    "c2sp.org/vrf-r255";
constexpr std::string_view kSeedLabel = "kith/1 vrf-r255 seed\n";
constexpr std::size_t kChallengeOctets = 16;  // cLen
constexpr std::size_t kChallengeAt = 32;      // in a proof, behind Gamma
constexpr std::size_t kResponseAt = kChallengeAt + kChallengeOctets;

// What stands behind the suite string keeps the uses of the hash apart: RFC 9381 sections 5.4.3 and
// 5.2, which end theirs with a zero octet, and the C2SP text for its own two.
constexpr ByteArray<1> kChallengeUse{0x02};
constexpr ByteArray<1> kOutputUse{0x03};
constexpr ByteArray<1> kNonceUse{0x81};
constexpr ByteArray<1> kPointUse{0x82};
constexpr ByteArray<1> kEnd{0x00};

ByteView suite() {
    return as_bytes(kSuiteText);
}

// SHA-512; state and result are wiped: for the nonce both are secret.
SecretArray<64> hash(std::initializer_list<ByteView> parts) {
    detail::need_sodium();
    SecretArray<64> out;
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha512_update(&state, part.data(), part.size());
    crypto_hash_sha512_final(&state, out.octets().data());
    sodium_memzero(&state, sizeof state);
    return out;
}

Scalar reduce(const SecretArray<64>& wide) {
    Scalar out;
    crypto_core_ristretto255_scalar_reduce(out.octets().data(), wide.data());
    return out;
}

bool is_below_order(ByteView scalar) {
    SecretArray<64> wide;
    std::copy(scalar.begin(), scalar.end(), wide.octets().begin());
    return equal_in_constant_time(reduce(wide).view(), scalar);
}

// RFC 9496 section 4.3.1 refuses encodings with the highest bit set; libsodium before 1.0.19 does
// not look at it. A Gamma with two encodings would have two outputs for one input.
bool is_point(const std::uint8_t* octets) {
    return (octets[31] & 0x80) == 0 && crypto_core_ristretto255_is_valid_point(octets) == 1;
}

// The product is the identity where libsodium says so by -1: the point is known to be one.
Point multiply(const std::uint8_t* scalar, const Point& point) {
    Point out{};
    if (crypto_scalarmult_ristretto255(out.data(), scalar, point.data()) != 0)
        out.fill(0);
    return out;
}

Point multiply_base(const std::uint8_t* scalar) {
    Point out{};
    if (crypto_scalarmult_ristretto255_base(out.data(), scalar) != 0)
        out.fill(0);
    return out;
}

Point subtract(const Point& a, const Point& b) {
    Point out{};
    KITH_CHECK(crypto_core_ristretto255_sub(out.data(), a.data(), b.data()) == 0);
    return out;
}

// ECVRF_encode_to_curve.
Point encode(const VrfPublicKey& key, ByteView input) {
    const SecretArray<64> hashed = hash({suite(), kPointUse, key.view(), input});
    Point out{};
    crypto_core_ristretto255_from_hash(out.data(), hashed.data());
    return out;
}

// ECVRF_challenge_generation, as a scalar: 16 octets and zeros.
Scalar challenge(
    const VrfPublicKey& key, const Point& h, const Point& gamma, const Point& u, const Point& v) {
    const SecretArray<64> hashed = hash({suite(), kChallengeUse, key.view(), h, gamma, u, v, kEnd});
    Scalar out;
    std::copy_n(hashed.view().begin(), kChallengeOctets, out.octets().begin());
    return out;
}

VrfOutput output_of(const Point& gamma) {
    const SecretArray<64> hashed = hash({suite(), kOutputUse, gamma, kEnd});
    VrfOutput out{};
    std::ranges::copy(hashed.view(), out.begin());
    return out;
}

}  // namespace

Result<VrfPublicKey> vrf_public_key_from(ByteView octets) {
    const VrfPublicKey key{TRY(exactly<32>(octets))};
    if (key == VrfPublicKey() || !is_point(key.octets.data()))
        return fail(ErrorKind::malformed, "vrf key", "not a point of ristretto255");
    return key;
}

Result<VrfProof> vrf_proof_from(ByteView octets) {
    const VrfProof proof{TRY(exactly<VrfProof::kOctets>(octets))};
    if (!is_point(proof.octets.data()))
        return fail(ErrorKind::malformed, "vrf proof", "Gamma is not a point of ristretto255");
    if (!is_below_order(proof.view().subspan(kResponseAt)))
        return fail(ErrorKind::malformed, "vrf proof", "s is not below the order of the group");
    return proof;
}

// RFC 9381 section 5.3.
Result<VrfOutput> vrf_verify(const VrfPublicKey& key, ByteView input, const VrfProof& proof) {
    detail::need_sodium();
    TRY(vrf_public_key_from(key.view()));
    TRY(vrf_proof_from(proof.view()));
    Point gamma{};
    std::copy_n(proof.octets.begin(), gamma.size(), gamma.begin());
    ByteArray<32> c{};
    std::copy_n(proof.octets.begin() + kChallengeAt, kChallengeOctets, c.begin());
    const std::uint8_t* s = proof.octets.data() + kResponseAt;
    const Point h = encode(key, input);
    const Point u = subtract(multiply_base(s), multiply(c.data(), key.octets));
    const Point v = subtract(multiply(s, h), multiply(c.data(), gamma));
    if (!equal_in_constant_time(challenge(key, h, gamma, u, v).view(), c))
        return fail(ErrorKind::bad_signature, "vrf proof", "does not verify");
    return output_of(gamma);
}

VrfKey::VrfKey(const SecretArray<32>& scalar) : secret_(scalar) {
    detail::need_sodium();
    // Fails for zero alone, which from_secret() refuses and no hash or draw comes to.
    KITH_CHECK(crypto_scalarmult_ristretto255_base(public_.octets.data(), secret_.data()) == 0);
}

VrfKey VrfKey::generate(Random& random) {
    SecretArray<64> wide;
    random.fill(wide.octets());
    return VrfKey(reduce(wide));
}

Result<VrfKey> VrfKey::from_seed(ByteView seed) {
    if (seed.size() != 32)
        return fail(ErrorKind::malformed, "vrf seed", "must be 32 octets");
    return VrfKey(reduce(hash({as_bytes(kSeedLabel), seed})));
}

Result<VrfKey> VrfKey::from_secret(ByteView scalar) {
    if (scalar.size() != 32 || !is_below_order(scalar))
        return fail(ErrorKind::malformed, "vrf secret", "not 32 octets below the group's order");
    SecretArray<32> secret;
    std::ranges::copy(scalar, secret.octets().begin());
    if (equal_in_constant_time(secret.view(), SecretArray<32>().view()))
        return fail(ErrorKind::malformed, "vrf secret", "is zero");
    return VrfKey(secret);
}

// RFC 9381 section 5.1.
VrfKey::Proven VrfKey::prove(ByteView input) const {
    const Point h = encode(public_, input);
    const Point gamma = multiply(secret_.data(), h);
    const Scalar k = reduce(hash({suite(), kNonceUse, secret_.view(), h}));
    const Scalar c = challenge(public_, h, gamma, multiply_base(k.data()), multiply(k.data(), h));
    Scalar cx;
    Scalar s;
    crypto_core_ristretto255_scalar_mul(cx.octets().data(), c.data(), secret_.data());
    crypto_core_ristretto255_scalar_add(s.octets().data(), k.data(), cx.data());
    Proven proven{output_of(gamma), {}};
    const auto out = proven.proof.octets.begin();
    std::ranges::copy(gamma, out);
    std::copy_n(c.view().begin(), kChallengeOctets, out + kChallengeAt);
    std::ranges::copy(s.view(), out + kResponseAt);
    return proven;
}

}  // namespace kith
