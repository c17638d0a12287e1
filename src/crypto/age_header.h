// The header of an age file (C2SP age v1): stanzas that wrap the file key, and a MAC. Kith carries
// it apart from the payload: one header for each recipient of a message, in the stub.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/age_keys.h"

namespace kith {

using FileKey = SecretArray<16>;

FileKey new_file_key(Random& random);

struct AgeStanza {
    std::vector<std::string> arguments;  ///< the type first
    Bytes body;
};

/// A parsed header. write() gives the very bytes that were parsed.
struct AgeHeader {
    std::vector<AgeStanza> stanzas;
    ByteArray<32> mac{};

    std::string write() const;
};

inline constexpr std::size_t kMaxAgeHeader = 65'536;
inline constexpr std::size_t kMaxAgeStanzas = 256;

/// Parses all of `text`, which ends with the LF of the MAC line.
/// Errors: malformed; limit (octets, stanzas).
Result<AgeHeader> parse_age_header(std::string_view text);
/// The length of the header at the head of an age file, its last LF included.
/// Errors: malformed (not an age file), limit.
Result<std::size_t> age_header_length(std::string_view file);

/// A header for these recipients, an X25519 stanza each. Requires: 1 to 256 recipients; a header
/// with none or more parses nowhere. A recipient of small order gets a stanza that nobody can open.
std::string seal_header(const FileKey& key, std::span<const AgeRecipient> to, Random& random);
/// A header with one scrypt stanza; `log_n` is the work factor. Errors: limit (not 1 to 30),
/// internal.
Result<std::string> seal_header_with_passphrase(const FileKey& key,
                                                ByteView passphrase,
                                                Random& random,
                                                unsigned log_n = 18);

/// The file key, if one of the identities is meant.
/// Errors: malformed; untrusted (no stanza for these identities); bad_signature (the MAC).
Result<FileKey> open_header(std::string_view text, std::span<const AgeIdentity> identities);
/// Refuses work factors above `max_log_n`. Errors: as open_header.
Result<FileKey> open_header_with_passphrase(std::string_view text,
                                            ByteView passphrase,
                                            unsigned max_log_n = 20);

/// A new header with the same file key for other recipients; the payload stays as it is.
/// Errors: as open_header; limit (not 1 to 256 recipients).
Result<std::string> rekey_header(std::string_view text,
                                 std::span<const AgeIdentity> identities,
                                 std::span<const AgeRecipient> to,
                                 Random& random);

}  // namespace kith
