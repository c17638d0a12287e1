#include "delivery/settling.h"

#include <algorithm>

#include "delivery/grant_ledgers.h"
#include "delivery/outcome_notes.h"

namespace kith {
namespace {

MessageRecord::Outcome record_outcome(MessageOutcome outcome) {
    switch (outcome) {
        case MessageOutcome::engaged:
            return MessageRecord::Outcome::engaged;
        case MessageOutcome::unwanted:
            return MessageRecord::Outcome::unwanted;
        case MessageOutcome::looks_hacked:
            return MessageRecord::Outcome::looks_hacked;
    }
    return MessageRecord::Outcome::none;
}

std::uint64_t account_count(ReadTransaction& read) {
    return static_cast<std::uint64_t>(read.account_count());
}

// A contact that is gone has no ledger any more.
void book_grant(WriteTransaction& write,
                AccountId account,
                const GrantEffect& effect,
                Time received,
                Time now) {
    const auto root = parse_hash(effect.grant);
    auto grant = root ? write.grant(account, *root) : std::nullopt;
    if (!grant)
        return;
    GrantLedger ledger = ledger_of(*grant, now);
    apply(effect, ledger, received, now);
    set_ledger(*grant, ledger);
    write.put_grant(account, *grant);
}

}  // namespace

DomainCredit domain_credit_of(ReadTransaction& read, const std::string& domain, Time now) {
    if (auto credit = parse_domain_credit(read.domain_credit(domain).value_or("")))
        return *std::move(credit);
    return DomainCredit::fresh(account_count(read), now);
}

Result<Settlement> settle_message(WriteTransaction& write,
                                  AccountId account,
                                  MessageRecord& message,
                                  MessageOutcome outcome,
                                  Time now) {
    if (message.outcome != MessageRecord::Outcome::none)
        return fail(ErrorKind::conflict, "outcome", "is there already: the first counts");
    message.outcome = record_outcome(outcome);
    const auto decision = parse_decision(message.decision);
    const auto sender = Address::parse_normal(message.from);
    if (!decision || !sender)
        return Settlement();  // of a version that kept no reasons: nothing was debited
    Settlement settlement = settle(*decision, message.from_root, *sender, outcome);
    for (const GrantEffect& effect : settlement.grants)
        book_grant(write, account, effect, message.received_at, now);
    if (settlement.domain) {
        DomainCredit credit = domain_credit_of(write, settlement.domain->domain, now);
        apply(*settlement.domain, credit, account_count(write), now);
        write.put_domain_credit(settlement.domain->domain, write_domain_credit(credit));
    }
    tell_introducer(write, account, settlement, outcome, now);
    if (settlement.home == Settlement::TellHome::yes)
        tell_home(write, account, message, outcome, now);
    return settlement;
}

void undo_engagement(WriteTransaction& write,
                     AccountId account,
                     const MessageRecord& message,
                     Time now) {
    const auto decision = parse_decision(message.decision);
    const auto sender = Address::parse_normal(message.from);
    if (message.outcome != MessageRecord::Outcome::engaged || !decision || !sender)
        return;
    auto done = settle(*decision, message.from_root, *sender, MessageOutcome::engaged);
    // Whoever was accepted as a stranger has earned this one as the contact that they became.
    const GrantEffect earned{.grant = message.from_root.text()};
    if (std::ranges::find(done.grants, earned) == done.grants.end())
        done.grants.push_back(earned);
    for (const GrantEffect& effect : done.grants) {
        const auto root = parse_hash(effect.grant);
        const auto grant = root ? write.grant(account, *root) : std::nullopt;
        if (!grant)
            continue;
        GrantLedger ledger = ledger_of(*grant, now);
        undo(effect, ledger, message.received_at, now);
        write.put_grant_ledger(account, grant->root, write_grant_ledger(ledger));
    }
    if (done.domain) {
        DomainCredit credit = domain_credit_of(write, done.domain->domain, now);
        undo(*done.domain, credit);
        write.put_domain_credit(done.domain->domain, write_domain_credit(credit));
    }
}

void keep_alive(WriteTransaction& write, AccountId account, const std::string& address, Time now) {
    for (GrantRecord& grant : write.grants_of(account, address)) {
        GrantLedger ledger = ledger_of(grant, now);
        ledger.kept_alive(now);
        set_ledger(grant, ledger);
        write.put_grant(account, grant);
    }
}

}  // namespace kith
