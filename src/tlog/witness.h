// What a witness does (c2sp.org/tlog-witness, add-checkpoint): it remembers the newest checkpoint
// of each log that it cosigned, and cosigns another one when that is shown to have grown out of it.
// So a log cannot show two histories to people who ask for the same witnesses.
//
//   request ─ parse_add_checkpoint ─▶ AddCheckpoint ─ judge ─▶ Judgement ─ answer ─▶ HTTP
//                                          ▲
//             WitnessedLog: the log's keys, the newest checkpoint cosigned
//
// No state and no key here. A caller MUST judge and store what was judged to be cosigned in one
// transaction, and make it durable, before it cosigns and answers: else two requests at once could
// be cosigned one after the other in the wrong order, and the log would be rolled back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tlog/checkpoint.h"
#include "tlog/equivocation.h"

namespace kith {

inline constexpr std::size_t kMaxAddCheckpoint = 131'072;  ///< octets; a note and a proof are less

struct AddCheckpoint {
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;  ///< from the old size to the checkpoint's
    SignedCheckpoint checkpoint;
};

/// Errors: malformed, limit; `where` is "add-checkpoint: PART", or that of the checkpoint. Each is
/// answered with 400.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);
std::string write_add_checkpoint(const AddCheckpoint& request);

/// The body of a 409: the size of the newest checkpoint that the witness cosigned.
/// Errors: malformed, limit.
Result<std::uint64_t> parse_known_size(std::string_view body);

/// What a witness knows of a log.
struct WitnessedLog {
    std::vector<NamedKey> keys;              ///< named as the origin
    std::optional<SignedCheckpoint> newest;  ///< that it cosigned; of the same origin
};

struct Judgement {
    enum class Outcome {
        cosign,          ///< 200 Success: store it as the newest, then cosign
        unknown_origin,  ///< 404 Not Found
        bad_signature,   ///< 403 Forbidden: no key of the log signed, or one did not sign this
        old_too_large,   ///< 400 Bad Request: the old size is over the checkpoint's
        conflict,        ///< 409 Conflict: the newest that was cosigned has another size
        bad_proof,       ///< 422 Unprocessable Entity: it is not shown to have grown out of that
        equivocation,    ///< the same 422: it contradicts that one; `evidence` shows it
    };
    Outcome outcome = Outcome::unknown_origin;
    /// Of the newest checkpoint that was cosigned; 0 where there is none.
    std::uint64_t known_size = 0;
    /// The log signed this and the newest that was cosigned, and they contradict each other. Comes
    /// with `conflict`, too, where the old size does not fit.
    std::optional<Equivocation> evidence;
};

/// `log` is what is known of the request's origin; nullptr: nothing.
Judgement judge(const AddCheckpoint& request, const WitnessedLog* log);

struct WitnessAnswer {
    int status = 0;
    std::string_view content_type;
    std::string body;
};
/// To what is not cosigned: the status, and what the text says stands in the body (of a conflict
/// the known size); else a sentence. Requires: another outcome than cosign.
WitnessAnswer refusal(const Judgement& judgement);
/// To what is: the cosignature. Errors: malformed (the name).
Result<WitnessAnswer> acceptance(const SignedCheckpoint& checkpoint,
                                 const std::string& witness,
                                 const SigningKey& key,
                                 Time now);

}  // namespace kith
