// Outcomes between servers (protocol section 5.6): whoever stood for a sender learns what their
// word came to, and the sender's home server what its user's recipients complain of (reports.h);
// from the recipient's server, and from nobody else.
#pragma once

#include <optional>

#include "note/outcome.h"
#include "store/store.h"
#include "trust/outcomes.h"

namespace kith {

/// Queues the note for the introducer's server, where somebody stood for the sender. Within the
/// write that stores the outcome.
void tell_introducer(WriteTransaction& write,
                     AccountId account,
                     const Settlement& settlement,
                     MessageOutcome outcome,
                     Time now);

/// Queues the note for the sender's home server: their recipient complains. Within that write.
void tell_home(WriteTransaction& write,
               AccountId account,
               const MessageRecord& message,
               MessageOutcome outcome,
               Time now);

/// What a domain says of a vouch that an account here gave: books it, once. The domain's signature
/// is checked by the caller. Nothing when it concerns nobody here. Errors: denied (it was given to
/// another domain), expired, conflict (it has its outcome).
Result<std::optional<AccountId>> take_outcome(const OutcomeNote& outcome,
                                              WriteTransaction& write,
                                              Time now);

}  // namespace kith
