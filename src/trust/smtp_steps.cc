#include "trust/smtp_steps.h"

#include "trust/decision_steps.h"

namespace kith {
namespace {

using Proof = SmtpEvidence::Proof;
using Choice = SmtpEvidence::Strangers;

std::vector<std::pair<std::string, std::string>> data_of(const SmtpEvidence& smtp) {
    return {{"shown", smtp.shown}};
}

}  // namespace

Hash smtp_root(const Address& address) {
    return sha256("kith/1 smtp\n" + address.text());
}

bool by_disowning_domain(const Evidence& evidence, Decision& decision) {
    if (!evidence.smtp)
        return false;
    const std::string& domain = evidence.sender.domain();
    if (evidence.smtp->proof == Proof::enforced) {
        note_reason(decision,
                    ReasonCode::smtp_enforced,
                    domain + " writes by Kith only, and this is not signed by it",
                    data_of(*evidence.smtp));
        return refuse_for(decision, Refusal::smtp_disowned);
    }
    if (evidence.smtp->proof != Proof::refuted)
        return false;
    note_reason(decision,
                ReasonCode::smtp_refuted,
                domain + " says that this mail is not its own (" + evidence.smtp->shown + ")",
                data_of(*evidence.smtp));
    return refuse_for(decision, Refusal::smtp_disowned);
}

bool is_unproven_smtp(const Evidence& evidence) {
    return evidence.smtp && evidence.smtp->proof != Proof::proven;
}

void note_smtp_sender(const Evidence& evidence, Decision& decision) {
    if (!evidence.smtp)
        return;
    const SmtpEvidence& smtp = *evidence.smtp;
    const std::string address = evidence.sender.text();
    const bool doubted = smtp.proof == Proof::doubted;
    if (smtp.proof == Proof::proven)
        note_reason(decision,
                    ReasonCode::smtp_proven,
                    "it came by SMTP, and " + evidence.sender.domain() +
                        " stands for its sender (" + smtp.shown + ")",
                    data_of(smtp));
    else
        note_reason(decision,
                    doubted ? ReasonCode::smtp_doubted : ReasonCode::smtp_unproven,
                    doubted ? evidence.sender.domain() + " doubts that this mail is its own (" +
                                  smtp.shown + ")"
                            : "it came by SMTP, and nothing proves that it is from " + address +
                                  " (" + smtp.shown + ")",
                    data_of(smtp));
    if (smtp.usual == SmtpEvidence::Usual::kith) {
        note_reason(decision,
                    ReasonCode::smtp_step_down,
                    address + " writes to you by Kith otherwise: nothing of this is signed");
        decision.flags.active_content_off = true;
    }
}

bool by_smtp_stranger(const Evidence& evidence, Decision& decision) {
    if (!evidence.smtp)
        return false;
    note_reason(decision, ReasonCode::smtp_stranger, "a stranger");
    switch (evidence.smtp->strangers) {
        case Choice::held:
            return hold_unknown(decision);
        case Choice::challenged:
            note_reason(decision,
                        ReasonCode::smtp_challenged,
                        "who was asked to solve a stamp on the challenge page");
            return refuse_for(decision, Refusal::smtp_challenge);
        case Choice::passed_filter:
            note_reason(decision, ReasonCode::smtp_filter_passed, "the filter found nothing in it");
            decision.outcome = Outcome::deliver;
            decision.tier = Tier::unknown;
            decision.folder = Folder::inbox;
            decision.flags.active_content_off = true;
            return true;
        case Choice::failed_filter:
            note_reason(decision, ReasonCode::smtp_filter_failed, "the filter takes it for spam");
            return refuse_for(decision, Refusal::refused);
        case Choice::refused:
            break;
    }
    note_reason(decision, ReasonCode::strangers_not_heard, "you hear no strangers");
    return refuse_for(decision, Refusal::refused);
}

}  // namespace kith
