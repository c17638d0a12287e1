// What recipients elsewhere say of mail from an account here (protocol section 5.6): heard of a
// stub that really went to whoever says it, once for each, and of complaints alone.
#pragma once

#include <optional>

#include "delivery/challenge.h"
#include "note/outcome.h"

namespace kith {

/// The stub that the note is about, where somebody here sent it to somebody of that domain, and
/// nothing was said of it before. Nothing: the note changes nothing.
std::optional<SentStub> reported_stub(ReadTransaction& read, const OutcomeNote& outcome, Time now);

struct HeardReport {
    AccountId account = 0;
    Complaint complaint = Complaint::ignored;
    bool shown = false;  ///< the account is challenged: its owner sees the report
};
/// The domain's signature, and that `root` is whoever has the stub's recipient's address, are
/// checked by the caller. Nothing: it changed nothing.
std::optional<HeardReport> hear_report(WriteTransaction& write,
                                       const OutcomeNote& outcome,
                                       Time now);

/// What the owner is shown once the account is challenged, the latest first: of which messages, and
/// when. Before that nothing: whoever complains is not told of to the one complained about.
std::vector<SentStub> reports_about(ReadTransaction& read, AccountId account, Time now);

}  // namespace kith
