#include "crypto/ed25519.h"

#include "crypto/sodium_ready.h"

namespace kith {

Result<PublicKey> public_key_from(ByteView octets) {
    PublicKey key{TRY(exactly<32>(octets))};
    if (crypto_core_ed25519_is_valid_point(key.octets.data()) != 1)
        return fail(ErrorKind::malformed, "ed25519 key", "not a point of the prime-order group");
    return key;
}

Result<PublicKey> parse_public_key(std::string_view text) {
    if (!text.starts_with("ed25519:"))
        return fail(ErrorKind::malformed, "ed25519 key", "must begin with ed25519:");
    const Bytes octets = TRY(parse_base64(text.substr(8)));
    return public_key_from(octets);
}

bool verify(const PublicKey& key, ByteView message, ByteView signature) {
    detail::need_sodium();
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(
               signature.data(), message.data(), message.size(), key.octets.data()) == 0;
}

SigningKey::SigningKey(const std::uint8_t* seed) {
    detail::need_sodium();
    crypto_sign_seed_keypair(public_.octets.data(), secret_.octets().data(), seed);
}

SigningKey SigningKey::generate(Random& random) {
    SecretArray<32> seed;
    random.fill(seed.octets());
    return SigningKey(seed.data());
}

Result<SigningKey> SigningKey::from_seed(ByteView seed) {
    if (seed.size() != 32)
        return fail(ErrorKind::malformed, "ed25519 seed", "must be 32 octets");
    return SigningKey(seed.data());
}

Signature SigningKey::sign(ByteView message) const {
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
    return signature;
}

}  // namespace kith
