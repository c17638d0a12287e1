// Ed25519 (RFC 8032) by libsodium alone, so that every party applies the same rule to odd keys and
// signatures: small order and non-canonical encodings are refused.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace kith {

using Signature = ByteArray<64>;

/// A public key; its text is "ed25519:" and base64 (protocol section 2).
struct PublicKey {
    ByteArray<32> octets{};

    std::string text() const { return "ed25519:" + base64(octets); }
    ByteView view() const { return octets; }
    friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

/// Errors: malformed (length, text form, small order, not on the curve).
Result<PublicKey> parse_public_key(std::string_view text);
Result<PublicKey> public_key_from(ByteView octets);

/// True only for a good signature of that key over exactly that message.
bool verify(const PublicKey& key, ByteView message, ByteView signature);

/// A signing key; wiped when it goes.
class SigningKey {
  public:
    static SigningKey generate(Random& random);
    /// 32 octets. Errors: malformed (length).
    static Result<SigningKey> from_seed(ByteView seed);

    const PublicKey& public_key() const { return public_; }
    ByteView seed() const { return secret_.view().first(32); }
    Signature sign(ByteView message) const;

  private:
    explicit SigningKey(const std::uint8_t* seed);

    SecretArray<64> secret_;
    PublicKey public_;
};

}  // namespace kith
