// What a letter's authentication comes to as evidence (trust/smtp_evidence.h).
#pragma once

#include <string>

#include "mailauth/authentication.h"
#include "note/address.h"
#include "trust/smtp_evidence.h"

namespace kith {

struct LetterSender {
    Address from;  ///< the one author
    SmtpEvidence::Proof proof = SmtpEvidence::Proof::unproven;
    std::string shown;
};

/// The domain of the address writes by Kith only.
enum class DomainMode { any, enforced };

/// Errors: malformed (From names nobody, or several; the detail says it); unavailable (DNS did not
/// answer, and it matters). `own_domain`: nobody but us sends in its name without proof.
Result<LetterSender> sender_of(const mailauth::AuthenticationOutcome& outcome,
                               DomainMode mode,
                               const std::string& own_domain);

/// The author alone, before anything is looked up. Errors: malformed.
Result<Address> author_of(const RawHeader& header);

}  // namespace kith
