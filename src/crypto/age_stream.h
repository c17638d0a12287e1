// The payload of an age file: a 16-octet nonce, then STREAM chunks of 64 KiB (C2SP age, "Payload").
// Both ways in pieces of any size; nothing unauthenticated is ever released.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/aead.h"
#include "crypto/age_header.h"

namespace kith {

inline constexpr std::size_t kPayloadNonce = 16;
inline constexpr std::size_t kChunk = 65'536;

/// Octets of the payload for so many octets of plain text.
std::uint64_t sealed_size(std::uint64_t plain);

/// For one thread at a time. Octets: nonce, then sealed chunks; sealed_size() of them in all.
class PayloadSealer {
  public:
    PayloadSealer(const FileKey& key, Random& random);
    /// Appends to `out` what is complete; the first call also the nonce.
    void update(ByteView plain, Bytes& out);
    /// Once, at the end.
    void finish(Bytes& out);

  private:
    void seal_chunk(ByteView plain, Bytes& out, std::uint8_t last);

    ByteArray<kPayloadNonce> nonce_;
    Aead aead_;
    std::uint64_t count_ = 0;
    Bytes pending_;
    enum class State { fresh, begun, finished } state_ = State::fresh;
};

/// For one thread at a time. Releases the plain text of a chunk as soon as the chunk is complete
/// and its tag has verified; that the payload was not cut short is known only when finish()
/// succeeds.
class PayloadOpener {
  public:
    explicit PayloadOpener(const FileKey& key) : key_(key) {}
    /// Appends the plain text of complete chunks. Errors: bad_signature; malformed (octets after
    /// the last chunk). Sticky.
    Result<void> update(ByteView sealed, Bytes& out);
    /// Once, at the end. Errors: malformed (cut short), bad_signature.
    Result<void> finish(Bytes& out);

  private:
    bool opens(ByteView sealed, Bytes& out, std::uint8_t last);
    Result<void> open_full_chunk(ByteView sealed, Bytes& out);
    bool gather(ByteView& sealed, std::size_t wanted);
    Error failed(ErrorKind kind, std::string why);
    Error bad_chunk();

    FileKey key_;
    std::unique_ptr<Aead> aead_;  ///< once the nonce is complete
    std::uint64_t count_ = 0;
    Bytes pending_;  ///< of the nonce or of a chunk
    /// ended: the last chunk has been seen; finished: finish() has said so.
    enum class State { open, ended, failed, finished } state_ = State::open;
};

/// header ‖ payload in one go.
Bytes seal_payload(const FileKey& key, ByteView plain, Random& random);
Result<Bytes> open_payload(const FileKey& key, ByteView payload);
Bytes seal_file(ByteView plain, std::span<const AgeRecipient> to, Random& random);
/// Errors: as open_header and PayloadOpener.
Result<Bytes> open_file(ByteView file, std::span<const AgeIdentity> identities);
Result<Bytes> seal_with_passphrase(ByteView plain,
                                   ByteView passphrase,
                                   Random& random,
                                   unsigned log_n = 18);
/// Refuses work factors above `max_log_n`. Errors: as open_header and PayloadOpener; limit.
Result<Bytes> open_with_passphrase(ByteView file, ByteView passphrase, unsigned max_log_n = 20);

struct AgeFile {
    std::string_view header;
    ByteView payload;
};
/// Views into `file`. Errors: malformed, limit.
Result<AgeFile> split_file(ByteView file);

/// A preview (protocol section 4.1): ChaCha20-Poly1305 under a key of its own, so that it opens
/// without the payload: HKDF-SHA-256(file key, no salt, info "kith/1 preview"). Its nonce is all
/// zero: one preview a file key, never a second text under the same.
Bytes seal_preview(const FileKey& key, ByteView plain);
/// Errors: bad_signature.
Result<Bytes> open_preview(const FileKey& key, ByteView sealed);

}  // namespace kith
