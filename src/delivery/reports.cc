#include "delivery/reports.h"

#include <algorithm>

#include "note/address.h"
#include "trust/report_quorum.h"

namespace kith {
namespace {

MessageRecord::Outcome record_outcome(MessageOutcome outcome) {
    return outcome == MessageOutcome::unwanted ? MessageRecord::Outcome::unwanted
                                               : MessageRecord::Outcome::looks_hacked;
}

}  // namespace

std::optional<SentStub> reported_stub(ReadTransaction& read, const OutcomeNote& outcome, Time now) {
    if (!outcome.stub || !outcome.root || outcome.outcome == MessageOutcome::engaged)
        return std::nullopt;
    auto sent = read.sent_stub(*outcome.stub);
    const auto to = sent ? Address::parse_normal(sent->address)
                         : Result<Address>(fail(ErrorKind::not_found, "stub"));
    if (!to || to->domain() != outcome.domain)
        return std::nullopt;
    const bool anew =
        sent->outcome == MessageRecord::Outcome::none && sent->sent + kOutcomeLife >= now;
    return anew ? std::move(sent) : std::nullopt;
}

std::optional<HeardReport> hear_report(WriteTransaction& write,
                                       const OutcomeNote& outcome,
                                       Time now) {
    auto sent = reported_stub(write, outcome, now);
    if (!sent)
        return std::nullopt;
    HeardReport heard{.account = sent->account, .complaint = Complaint::counted};
    // What went out before the owner has shown that it is them may have been a thief's, who is
    // gone.
    if (sent->sent > challenge_met(write, sent->account))
        heard.complaint = hear_complaint(write, sent->account, *outcome.root, now);
    if (heard.complaint == Complaint::ignored)
        return std::nullopt;
    sent->outcome = record_outcome(outcome.outcome);
    sent->reported = now;
    write.put_sent_stub(*sent);
    heard.shown = is_challenged(write, sent->account, now);
    if (heard.shown)
        write.touch(sent->account, ObjectType::card, "self");
    return heard;
}

std::vector<SentStub> reports_about(ReadTransaction& read, AccountId account, Time now) {
    if (!is_challenged(read, account, now))
        return {};
    auto reports = read.reported_stubs(account, now - kReportWindow);
    const Time met = challenge_met(read, account);
    std::erase_if(reports, [met](const SentStub& each) { return each.sent <= met; });
    return reports;
}

}  // namespace kith
