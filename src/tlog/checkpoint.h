// Checkpoints (c2sp.org/tlog-checkpoint): what a log signs when it has grown, its name, how many
// leaves its tree has and the tree's hash.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/merkle.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxOrigin = 255;           ///< octets
inline constexpr std::size_t kMaxCheckpointExtras = 16;  ///< extension lines

struct Checkpoint {
    std::string origin;  ///< names the log; not empty
    TreeHead head;
    std::vector<std::string> extensions;  ///< signed with the rest, and mean nothing here

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Of a note's text. Sizes go to kMaxTreeSize (crypto/tiles.h).
/// Errors: malformed, limit; `where` is "checkpoint: PART".
Result<Checkpoint> parse_checkpoint(std::string_view text);
std::string write_checkpoint(const Checkpoint& checkpoint);

/// A checkpoint with its signatures and cosignatures; not verified by being one.
struct SignedCheckpoint {
    SignedNote note;
    Checkpoint checkpoint;  ///< what is in the note
};

/// Errors: those of SignedNote::parse and parse_checkpoint.
Result<SignedCheckpoint> read_checkpoint(std::string_view octets);
/// The log's own signature, under its origin's name. Errors: malformed (an origin that is no key
/// name), limit.
Result<SignedCheckpoint> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key);
/// Did the log sign? Of `keys` those count whose name is the origin; one suffices.
/// Errors: bad_signature, untrusted; `where` is "checkpoint: signature".
Result<void> signed_by_log(const SignedCheckpoint& checkpoint, std::span<const NamedKey> keys);

}  // namespace kith
