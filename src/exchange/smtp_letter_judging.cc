#include "exchange/smtp_letter_judging.h"

#include <algorithm>

#include "mailauth/from_field.h"

namespace kith {
namespace {

using Proof = SmtpEvidence::Proof;
using mailauth::DmarcPolicy;
using mailauth::DmarcStatus;

std::string shown_results(const mailauth::AuthenticationOutcome& outcome) {
    std::string shown = std::string("dmarc=") + name_of(outcome.dmarc.status);
    if (!outcome.dmarc.aligned_domain.empty())
        shown += " (" + outcome.dmarc.aligned_domain + ")";
    shown += std::string(", spf=") + name_of(outcome.spf.status);
    const auto passed =
        std::ranges::find(outcome.dkim, mailauth::DkimStatus::pass, &mailauth::DkimResult::status);
    shown += passed != outcome.dkim.end() ? ", dkim=pass (" + passed->domain + ")"
             : outcome.dkim.empty()       ? ", dkim=none"
                                    : ", dkim=" + std::string(name_of(outcome.dkim.front().status));
    return shown;
}

// A domain without a policy that signs with its very own name has said as much.
bool is_signed_by(const std::string& domain, const mailauth::AuthenticationOutcome& outcome) {
    return std::ranges::any_of(outcome.dkim, [&](const mailauth::DkimResult& result) {
        return result.status == mailauth::DkimStatus::pass && result.domain == domain;
    });
}

Proof proof_of(const mailauth::AuthenticationOutcome& outcome,
               const Address& from,
               const std::string& own_domain) {
    const bool proven =
        outcome.dmarc.status == DmarcStatus::pass ||
        (outcome.dmarc.status == DmarcStatus::none && is_signed_by(from.domain(), outcome));
    if (proven)
        return Proof::proven;
    if (from.domain() == own_domain || outcome.dmarc.disposition == DmarcPolicy::reject)
        return Proof::refuted;
    return outcome.dmarc.disposition == DmarcPolicy::quarantine ? Proof::doubted : Proof::unproven;
}

}  // namespace

Result<Address> author_of(const RawHeader& header) {
    const auto authors = TRY(mailauth::authors_of(header));
    if (authors.size() != 1)
        return fail(ErrorKind::malformed, "From", "must name one author");
    return Address::parse_smtp(authors.front().text());
}

Result<LetterSender> sender_of(const mailauth::AuthenticationOutcome& outcome,
                               DomainMode mode,
                               const std::string& own_domain) {
    LetterSender sender{.from = TRY(author_of(outcome.header)), .shown = shown_results(outcome)};
    sender.proof = proof_of(outcome, sender.from, own_domain);
    if (sender.proof != Proof::proven && outcome.dmarc.status == DmarcStatus::temperror)
        return fail(ErrorKind::unavailable, "DMARC", "could not be looked up now");
    if (mode == DomainMode::enforced)
        sender.proof = Proof::enforced;
    return sender;
}

}  // namespace kith
