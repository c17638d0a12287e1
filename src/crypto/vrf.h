// vrf-r255 (c2sp.org/vrf-r255): ECVRF-RISTRETTO255-SHA512 of RFC 9381, over libsodium's
// ristretto255. Only who holds the secret can compute the output for an input; anybody with the
// public key can check it by the proof. The directory log names its addresses by it, so that nobody
// can list them.
#pragma once

#include <compare>

#include "base/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace kith {

/// The output of the function, "beta" in RFC 9381.
using VrfOutput = ByteArray<64>;

/// A proof, "pi" in RFC 9381: Gamma (32 octets) ‖ c (16) ‖ s (32).
struct VrfProof {
    static constexpr std::size_t kOctets = 80;
    ByteArray<kOctets> octets{};

    ByteView view() const { return octets; }
    friend auto operator<=>(const VrfProof&, const VrfProof&) = default;
};

/// A point of ristretto255, not the identity.
struct VrfPublicKey {
    ByteArray<32> octets{};

    ByteView view() const { return octets; }
    friend auto operator<=>(const VrfPublicKey&, const VrfPublicKey&) = default;
};

/// Errors: malformed (length, no canonical encoding of a point, the identity).
Result<VrfPublicKey> vrf_public_key_from(ByteView octets);
/// Form only: says nothing about what it proves. Errors: malformed (length, Gamma is no point, s
/// not below the group's order).
Result<VrfProof> vrf_proof_from(ByteView octets);

/// The output for `input`, if `proof` proves it under that key. Takes any octets for a key and a
/// proof. Errors: malformed (as above); bad_signature when it proves nothing of the kind.
Result<VrfOutput> vrf_verify(const VrfPublicKey& key, ByteView input, const VrfProof& proof);

/// The secret; wiped when it goes. Its use takes the same time whatever its value.
class VrfKey {
  public:
    static VrfKey generate(Random& random);
    /// SHA-512("kith/1 vrf-r255 seed" LF seed) modulo the group's order. Errors: malformed (not 32
    /// octets).
    static Result<VrfKey> from_seed(ByteView seed);
    /// The scalar itself, "SK" in the C2SP text: 32 octets, little-endian. Errors: malformed
    /// (length, zero, not below the group's order).
    static Result<VrfKey> from_secret(ByteView scalar);

    const VrfPublicKey& public_key() const { return public_; }
    /// The scalar, as from_secret() takes it.
    ByteView secret() const { return secret_.view(); }

    struct Proven {
        VrfOutput output;
        VrfProof proof;
    };
    /// The same for the same input every time.
    Proven prove(ByteView input) const;

  private:
    explicit VrfKey(const SecretArray<32>& scalar);

    SecretArray<32> secret_;
    VrfPublicKey public_;
};

}  // namespace kith
