// Cosignatures (c2sp.org/tlog-cosignature, Ed25519): a witness says that at a time this checkpoint
// was the largest it had seen of that log, and that the log had only grown until then.
//
// A signature line of a checkpoint's note of type 0x04: a time and an Ed25519 signature over
//     cosignature/v1 LF "time " SECONDS LF text of the checkpoint
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "note/signed_note.h"

namespace kith {

/// What is signed.
std::string cosigned_text(std::string_view checkpoint_text, Time time);

/// The line to add to the checkpoint's note. Nothing is looked at: that is the witness's affair
/// (tlog/witness.h). Errors: malformed (the name). Requires: a time not before 1970.
Result<NoteSignature> cosign(const SignedNote& checkpoint,
                             const std::string& witness,
                             const SigningKey& key,
                             Time time);

struct Cosignature {
    std::size_t key = 0;  ///< which of the known
    Time time;            ///< the latest, where one cosigned several times

    friend bool operator==(const Cosignature&, const Cosignature&) = default;
};
/// Who of `known` cosigned, each once, in their order; nobody is no error. Lines of other keys are
/// ignored. Errors: bad_signature when one that bears a known key's name and id does not verify
/// (the whole note is refused); `where` is "cosignature".
Result<std::vector<Cosignature>> verify_cosignatures(const SignedNote& checkpoint,
                                                     std::span<const CosignerKey> known);

}  // namespace kith
