// What an answer of the recipient's server means for a row of the outgoing queue, and when a row is
// tried again. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "crypto/random.h"
#include "protocol/held_answer.h"
#include "protocol/problem.h"
#include "store/records.h"

namespace kith {

/// What came of one attempt.
struct Attempt {
    enum class Came { answer, no_answer } came = Came::no_answer;
    int status = 0;                  ///< with an answer
    ProblemDetails problem;          ///< with an answer of 300 or more
    std::optional<HeldAnswer> held;  ///< with a 202 that says more
    Error error;                     ///< without one: why
    std::optional<Seconds> retry_after;
    /// What was sent along already, so that asking for it again is final.
    bool blob_sent = false;
    bool chain_sent = false;
};

/// What the sender does next.
enum class NextStep { done, send_blob, send_chain, wait };

struct AttemptOutcome {
    NextStep next = NextStep::done;
    RecipientState state = RecipientState::queued;  ///< with done
    std::string answer;                             ///< JSON: status, type, detail, price, card
};
AttemptOutcome judge_attempt(const Attempt& attempt);

/// The n-th wait, from 1: 5 s, then three times as long each, at most an hour; half of it is drawn
/// by lot, so that a server that comes back is not met by all at once.
Seconds back_off(std::int64_t attempts, Random& random);

/// The row after a failed attempt that is worth another: due later, or failed when that would be
/// after it expires. What is held stays so, with what was said of it, whatever becomes of asking
/// again.
void put_off(RecipientRecord& row, const AttemptOutcome& outcome, Seconds wait, Time now);
/// The row after an outcome that is final.
void settle(RecipientRecord& row, const AttemptOutcome& outcome, Time now);

}  // namespace kith
