#include "trust/vouching.h"

#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::size_t kMaxRecord = 512;

}  // namespace

std::optional<IssuedVouch> issue_vouch(IssuedVouch wanted, GrantLedger& ledger, Time now) {
    if (!ledger.take(GrantBucket::vouches, now))
        return std::nullopt;
    wanted.given = now;
    wanted.state = IssuedVouch::State::open;
    return wanted;
}

Result<void> settle_vouch(IssuedVouch& vouch,
                          const OutcomeNote& outcome,
                          GrantLedger& ledger,
                          Time now) {
    if (outcome.domain != vouch.domain || outcome.vouch != vouch.serial)
        return fail(ErrorKind::denied, "outcome: vouch", "was not given to this domain");
    if (now - vouch.given > kOutcomeLife)
        return fail(ErrorKind::expired, "outcome: vouch", "is too long ago");
    if (vouch.state == IssuedVouch::State::settled)
        return fail(ErrorKind::conflict, "outcome: vouch", "has its outcome");
    vouch.state = IssuedVouch::State::settled;
    if (outcome.outcome == MessageOutcome::engaged) {
        (void)ledger.refund(GrantBucket::vouches, vouch.given, now);
        return {};
    }
    ledger.write_off(GrantBucket::vouches, now);
    ledger.discount_vouches(now);
    return {};
}

Result<void> check_vouch(const Vouch& vouch, const WantedVouch& wanted, Time now) {
    TRY(check_times(vouch, now));
    if (vouch.introducer != wanted.introducer)
        return fail(ErrorKind::untrusted, "vouch: introducer", "is another");
    if (vouch.domain != wanted.domain)
        return fail(ErrorKind::untrusted, "vouch: domain", "is not the introducer's");
    if (vouch.subject != wanted.subject)
        return fail(ErrorKind::untrusted, "vouch: subject", "is not the sender");
    if (vouch.recipient != wanted.recipient)
        return fail(ErrorKind::untrusted, "vouch: recipient", "is for somebody else");
    return {};
}

std::string write_issued_vouch(const IssuedVouch& vouch) {
    return RecordWriter()
        .add(vouch.serial)
        .add(vouch.introducer.hex_text())
        .add(vouch.subject.hex_text())
        .add(vouch.domain)
        .add(vouch.given)
        .add(vouch.state == IssuedVouch::State::settled ? "1" : "0")
        .take();
}

Result<IssuedVouch> parse_issued_vouch(std::string_view text) {
    RecordReader in(text, "issued vouch");
    TRY(in.begin(kMaxRecord));
    IssuedVouch vouch;
    vouch.serial = TRY(in.parsed("serial", as_id));
    vouch.introducer = TRY(in.parsed("introducer", parse_hash_hex));
    vouch.subject = TRY(in.parsed("subject", parse_hash_hex));
    vouch.domain = TRY(in.parsed("domain", as_domain));
    vouch.given = TRY(in.time("given"));
    vouch.state =
        TRY(in.number("settled", 1)) == 1 ? IssuedVouch::State::settled : IssuedVouch::State::open;
    TRY(in.end());
    return vouch;
}

}  // namespace kith
