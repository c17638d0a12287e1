// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2), by OpenSSL: what DKIM's rsa-sha256 is
// (RFC 6376 section 3.3.1). For mail's old signatures alone; Kith's own are Ed25519.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace kith {

/// A shorter key signs nothing that is believed (RFC 8301 section 3.2).
inline constexpr std::size_t kMinRsaBits = 1024;
/// A longer one costs more to check than mail is worth.
inline constexpr std::size_t kMaxRsaBits = 8192;
inline constexpr std::size_t kNewRsaBits = 2048;

/// A public key. Copies share one; a copy may be used by several threads at once.
class RsaPublicKey {
  public:
    /// SubjectPublicKeyInfo (RFC 5280), as DNS has it, or a bare RSAPublicKey (RFC 8017 A.1.1).
    /// Errors: malformed; untrusted (fewer than kMinRsaBits); limit (more than kMaxRsaBits).
    static Result<RsaPublicKey> from_der(ByteView der);

    std::size_t bits() const;
    /// True only for a good signature over exactly that message.
    bool verify(ByteView message, ByteView signature) const;

  private:
    struct State;
    explicit RsaPublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

/// A signing key; wiped when the last copy goes. Copies may sign in several threads at once.
class RsaSigningKey {
  public:
    /// OpenSSL draws its own randomness: its prime search takes no other. A second or so.
    /// Errors: limit (`bits` outside kMinRsaBits and kMaxRsaBits), internal.
    static Result<RsaSigningKey> generate(std::size_t bits = kNewRsaBits);
    /// PKCS #8 or PKCS #1 in PEM, not encrypted. Errors as of RsaPublicKey::from_der; a PEM under
    /// a passphrase is malformed.
    static Result<RsaSigningKey> from_pem(std::string_view pem);

    /// PKCS #8, not encrypted: whoever writes it to a file sees to its mode.
    Secret pem() const;
    /// SubjectPublicKeyInfo: in base64 it is the p= of a DKIM key record.
    Bytes public_der() const;
    std::size_t bits() const;
    /// Errors: internal.
    Result<Bytes> sign(ByteView message) const;

  private:
    struct State;
    explicit RsaSigningKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

}  // namespace kith
