// ChaCha20-Poly1305 (RFC 8439), through OpenSSL. An object is for one thread at a time.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace kith {

inline constexpr std::size_t kTagOctets = 16;
using Nonce = ByteArray<12>;

class Aead {
  public:
    /// `key`: 32 octets.
    explicit Aead(ByteView key);
    ~Aead();
    Aead(Aead&&) noexcept;
    Aead& operator=(Aead&&) noexcept;
    Aead(const Aead&) = delete;
    Aead& operator=(const Aead&) = delete;

    /// Appends ciphertext and tag: plain.size() + 16 octets.
    void seal(const Nonce& nonce, ByteView plain, Bytes& out, ByteView associated = {}) const;
    /// Appends the plain text, or nothing. Errors: bad_signature.
    Result<void> open(const Nonce& nonce,
                      ByteView sealed,
                      Bytes& out,
                      ByteView associated = {}) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kith
