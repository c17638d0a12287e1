// Both ends of a vouch (protocol section 5.3): what the introducer's server remembers of one it
// gave, so that it is settled once and by those it was given to; and what the recipient's server
// checks.
#pragma once

#include <string>

#include "note/outcome.h"
#include "note/vouch.h"
#include "trust/grant_ledger.h"

namespace kith {

/// A vouch, or one side of an introduction, for which V of the grant introducer→subject was
/// debited. Kept until its outcome came, or kOutcomeLife is over.
struct IssuedVouch {
    std::string serial;
    Hash introducer;     ///< root, of an account here
    Hash subject;        ///< root
    std::string domain;  ///< to which server it was given
    Time given;
    enum class State { open, settled } state = State::open;

    friend bool operator==(const IssuedVouch&, const IssuedVouch&) = default;
};

/// Debits V for it. Nothing when the grant is not the introducer's own, or has given too many.
/// `ledger`: of the grant introducer→subject.
std::optional<IssuedVouch> issue_vouch(IssuedVouch wanted, GrantLedger& ledger, Time now);

/// What the recipient's server says became of it. Errors, on which nothing changes: denied (said by
/// a domain to which it was not given), expired, conflict (it is settled: an outcome counts once).
Result<void> settle_vouch(IssuedVouch& vouch,
                          const OutcomeNote& outcome,
                          GrantLedger& ledger,
                          Time now);

/// What the recipient's server asked for.
struct WantedVouch {
    Hash introducer;
    std::string domain;  ///< the introducer's
    Hash subject;
    Hash recipient;  ///< the commitment that was sent
};
/// Whether this is it; whose signature is on it is checked elsewhere, and that its serial was not
/// used before. Errors: untrusted ("vouch: FIELD"), and those of check_times.
Result<void> check_vouch(const Vouch& vouch, const WantedVouch& wanted, Time now);

/// One line for the store (record_text.h).
std::string write_issued_vouch(const IssuedVouch& vouch);
/// Errors: malformed, limit; `where` is "issued vouch: FIELD".
Result<IssuedVouch> parse_issued_vouch(std::string_view text);

}  // namespace kith
