// The C2SP signed note: text, an empty line, signature lines. What was received is kept octet for
// octet; nothing is ever serialised from parsed parts.
//
// Signatures here are Ed25519 over the text (type 0x01). Lines of other types are kept and may be
// added; what they sign is their own affair (tlog/cosignature.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace kith {

inline constexpr std::size_t kMaxNote = 65'536;  ///< octets, signatures included
inline constexpr std::size_t kMaxNoteSignatures = 16;

/// The name of a note: the SHA-256 of its text.
Hash note_hash(std::string_view text);

/// The types of signatures that are made and verified here, as C2SP numbers them.
enum class SignatureType : std::uint8_t {
    ed25519 = 0x01,      ///< Ed25519 over the text
    cosignature = 0x04,  ///< Ed25519 over a time and a checkpoint (c2sp.org/tlog-cosignature)
};

/// An Ed25519 public key under the name it signs by, for one type of signature: the same key under
/// the same name for another type is another key. As text a C2SP "vkey".
template <SignatureType Type>
struct NoteKey {
    std::string name;
    PublicKey key;

    /// The first four octets of SHA-256(name LF type key).
    std::uint32_t id() const;
    /// name "+" hex(id) "+" base64(type key).
    std::string vkey() const;
    /// Errors: malformed (the name, the id does not fit, another type, the key).
    static Result<NoteKey> parse_vkey(std::string_view text);
    friend bool operator==(const NoteKey&, const NoteKey&) = default;
};
using NamedKey = NoteKey<SignatureType::ed25519>;
using CosignerKey = NoteKey<SignatureType::cosignature>;

/// Not empty, no Unicode space, no "+", no control character.
bool is_key_name(std::string_view name);

struct NoteSignature {
    std::string key_name;
    std::uint32_t key_id = 0;
    Bytes octets;  ///< without the key id

    friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};
/// Signature lines alone, each with its LF; there may be none. Errors: malformed; limit (16).
Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines);
std::string write_signature(const NoteSignature& signature);

/// A note as it came, or as we signed it. Always within the limits, always at least one signature.
class SignedNote {
  public:
    /// Errors: malformed; limit (octets, signatures).
    static Result<SignedNote> parse(std::string_view octets);
    /// A new note over `text`, which ends in LF. Errors: malformed (text or name), limit.
    static Result<SignedNote> sign(std::string_view text,
                                   const std::string& key_name,
                                   const SigningKey& key);
    /// Adds a signature line; nothing changes when that very signature is there already.
    /// Errors: malformed (name), limit.
    Result<void> cosign(const std::string& key_name, const SigningKey& key);
    /// The same for a signature of any type, made elsewhere; it is not verified.
    Result<void> add(const NoteSignature& signature);

    /// The signed octets, through the last LF before the empty line.
    std::string_view text() const { return std::string_view(octets_).substr(0, text_size_); }
    const std::vector<NoteSignature>& signatures() const { return signatures_; }
    /// The whole note, as it travels.
    const std::string& octets() const { return octets_; }
    Hash hash() const { return note_hash(text()); }
    /// Is there a line of that name? Says nothing about its being good.
    bool names(std::string_view key_name) const;

  private:
    SignedNote() = default;

    std::string octets_;
    std::size_t text_size_ = 0;
    std::vector<NoteSignature> signatures_;
};

/// Which of `known` signed: their indices, each once, in rising order. Signatures of other keys
/// are ignored. Errors: bad_signature when a signature that bears a known key's name and id does
/// not verify (the whole note is refused); untrusted when none of them signed.
Result<std::vector<std::size_t>> verify_note(const SignedNote& note,
                                             std::span<const NamedKey> known);
/// The same for one key.
Result<void> verify_note(const SignedNote& note, const NamedKey& known);

}  // namespace kith
