// An outcome: what became of a message, told by the recipient's server to the introducer's (of a
// vouch) or the sender's (of a stub), and to nobody else (protocol section 5.6). It is evidence,
// never a score: whoever hears it checks that the vouch or stub was really theirs, and draws the
// conclusion.
#pragma once

#include <optional>
#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxOutcome = 4096;  ///< octets, signatures included
/// How long after what it is about an outcome may come.
inline constexpr Seconds kOutcomeLife = std::chrono::days{60};

enum class MessageOutcome {
    engaged,       ///< answered, or accepted; never merely opened
    unwanted,      ///< the recipient said so
    looks_hacked,  ///< the recipient said that the sender is not who writes
};
std::string_view name_of(MessageOutcome outcome);  ///< "looks-hacked"

/// Exactly one of `vouch` and `stub` is there; `root` with the stub, and never without.
struct OutcomeNote {
    std::string domain;  ///< the recipient's; signs
    Time time;
    MessageOutcome outcome = MessageOutcome::unwanted;
    std::optional<std::string> vouch;         ///< serial
    std::optional<Hash> stub;                 ///< hash of the stub's text
    std::optional<Hash> root = std::nullopt;  ///< with `stub`: of the recipient, who says it

    friend bool operator==(const OutcomeNote&, const OutcomeNote&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "outcome: FIELD".
Result<OutcomeNote> parse_outcome(const SignedNote& note);
std::string write_outcome(const OutcomeNote& outcome);
/// Errors: future ("outcome: time"), expired (over 60 days old).
Result<void> check_times(const OutcomeNote& outcome, Time now);

}  // namespace kith
