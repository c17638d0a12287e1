// SHA-256 and what is built on it (OpenSSL, algorithms fetched once), BLAKE2b (libsodium).
#pragma once

#include <compare>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace kith {

/// A SHA-256 value; its text is "sha256:" and 64 hex digits (protocol section 2).
struct Hash {
    ByteArray<32> octets{};

    std::string text() const { return "sha256:" + hex(octets); }
    std::string hex_text() const { return hex(octets); }
    /// As C2SP's texts about logs write a hash.
    std::string base64_text() const { return base64(octets); }
    ByteView view() const { return octets; }
    friend auto operator<=>(const Hash&, const Hash&) = default;
};

/// Errors: malformed.
Result<Hash> parse_hash(std::string_view text);
/// 64 hex digits alone.
Result<Hash> parse_hash_hex(std::string_view text);
/// base64 of 32 octets.
Result<Hash> parse_hash_base64(std::string_view text);

Hash sha256(ByteView octets);
inline Hash sha256(std::string_view text) {
    return sha256(as_bytes(text));
}

/// Of the parts, one after the other.
Hash sha256_joined(std::initializer_list<ByteView> parts);

/// SHA-256 of what comes in pieces. An object is for one thread at a time.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(ByteView octets);
    /// Once; afterwards the object is as new.
    Hash finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

ByteArray<32> hmac_sha256(ByteView key, ByteView message);
/// RFC 5869; `size` at most 255 × 32.
Secret hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t size);
/// BLAKE2b with 64 octets of output, unkeyed.
ByteArray<64> blake2b_512(ByteView a, ByteView b = {});
/// BLAKE2b with 32 octets of output, of `a` and then `b`, unkeyed.
ByteArray<32> blake2b_256(ByteView a, ByteView b = {});
/// The same as a MAC. Requires: a key of 16 to 64 octets.
ByteArray<32> blake2b_256_keyed(ByteView key, ByteView message);

}  // namespace kith

template <>
struct std::hash<kith::Hash> {
    std::size_t operator()(const kith::Hash& value) const noexcept {
        std::size_t out = 0;
        for (std::size_t i = 0; i < sizeof out; ++i)
            out = (out << 8) | value.octets[i];
        return out;
    }
};
