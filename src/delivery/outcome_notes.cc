#include "delivery/outcome_notes.h"

#include "delivery/grant_ledgers.h"
#include "trust/vouching.h"

namespace kith {

void tell_introducer(WriteTransaction& write,
                     AccountId account,
                     const Settlement& settlement,
                     MessageOutcome outcome,
                     Time now) {
    const auto self = write.account(account);
    const auto own = self ? Address::parse_normal(self->address)
                          : Result<Address>(fail(ErrorKind::not_found, ""));
    if (!settlement.introducer || settlement.introducer->serial.empty() || !own)
        return;
    const OutcomeNote note{.domain = own->domain(),
                           .time = now,
                           .outcome = outcome,
                           .vouch = settlement.introducer->serial,
                           .stub = std::nullopt,
                           .root = std::nullopt};
    write.queue_note({.domain = settlement.introducer->address.domain(),
                      .text = write_outcome(note),
                      .next_attempt = now,
                      .expires = now + kOutcomeLife});
}

void tell_home(WriteTransaction& write,
               AccountId account,
               const MessageRecord& message,
               MessageOutcome outcome,
               Time now) {
    const auto self = write.account(account);
    const auto stub = SignedNote::parse(message.stub);
    const auto sender = Address::parse_normal(message.from);
    const auto own = self ? Address::parse_normal(self->address)
                          : Result<Address>(fail(ErrorKind::not_found, ""));
    if (!own || !stub || !sender || *sender == *own)
        return;
    const OutcomeNote note{.domain = own->domain(),
                           .time = now,
                           .outcome = outcome,
                           .vouch = std::nullopt,
                           .stub = stub->hash(),
                           .root = self->root};
    write.queue_note({.domain = sender->domain(),
                      .text = write_outcome(note),
                      .next_attempt = now,
                      .expires = now + kOutcomeLife});
}

Result<std::optional<AccountId>> take_outcome(const OutcomeNote& outcome,
                                              WriteTransaction& write,
                                              Time now) {
    auto record = outcome.vouch ? write.issued_vouch(*outcome.vouch) : std::nullopt;
    if (!record)
        return std::optional<AccountId>();
    IssuedVouch vouch = TRY(parse_issued_vouch(record->vouch));
    auto grant = write.grant(record->account, vouch.subject);
    GrantLedger ledger =
        grant ? ledger_of(*grant, now) : GrantLedger::granted(GrantLevel::known, now);
    TRY(settle_vouch(vouch, outcome, ledger, now));
    record->vouch = write_issued_vouch(vouch);
    write.put_issued_vouch(*record);
    if (!grant)  // a contact that is gone has no ledger any more
        return std::optional<AccountId>();
    write.put_grant_ledger(record->account, vouch.subject, write_grant_ledger(ledger));
    return std::optional(record->account);
}

}  // namespace kith
