#include "delivery/grant_ledgers.h"

#include "trust/domain_credit.h"

namespace kith {
namespace {

GrantRecord::Level record_level(GrantLevel level) {
    switch (level) {
        case GrantLevel::blocked:
            return GrantRecord::Level::blocked;
        case GrantLevel::known:
            return GrantRecord::Level::known;
        case GrantLevel::well_trusted:
            return GrantRecord::Level::well_trusted;
    }
    return GrantRecord::Level::blocked;
}

}  // namespace

GrantLevel level_of(GrantRecord::Level level) {
    switch (level) {
        case GrantRecord::Level::blocked:
            return GrantLevel::blocked;
        case GrantRecord::Level::known:
            return GrantLevel::known;
        case GrantRecord::Level::well_trusted:
            return GrantLevel::well_trusted;
    }
    return GrantLevel::blocked;
}

GrantLedger ledger_of(const GrantRecord& grant, Time now) {
    if (auto ledger = parse_grant_ledger(grant.ledger))
        return *std::move(ledger);
    return GrantLedger::after_loss(level_of(grant.level), grant.last_engaged, now);
}

void set_ledger(GrantRecord& grant, const GrantLedger& ledger) {
    grant.ledger = write_grant_ledger(ledger);
    grant.level = record_level(ledger.choice().level);
    grant.last_engaged = ledger.choice().engaged;
}

void begin_ledger(GrantRecord& grant, ReadTransaction& read, AccountId account, Time now) {
    const auto past = read.past_ledger(account, grant.root);
    if (!past)
        return set_ledger(grant, GrantLedger::granted(level_of(grant.level), now));
    grant.ledger = *past;
    choose_level(grant, grant.level, now);
}

void choose_level(GrantRecord& grant, GrantRecord::Level level, Time now) {
    GrantLedger ledger = ledger_of(grant, now);
    ledger.set_level(level_of(level), now);
    set_ledger(grant, ledger);
}

void bring_back_ledgers(WriteTransaction& write, Time now) {
    for (const auto& [account, root] : write.past_ledgers())
        if (auto ledger = parse_grant_ledger(write.past_ledger(account, root).value_or(""))) {
            ledger->come_back(now);
            write.put_past_ledger(account, root, write_grant_ledger(*ledger));
        }
    const auto accounts = static_cast<std::uint64_t>(write.account_count());
    for (const std::string& domain : write.credited_domains())
        if (auto credit = parse_domain_credit(write.domain_credit(domain).value_or(""))) {
            credit->come_back(accounts, now);
            write.put_domain_credit(domain, write_domain_credit(*credit));
        }
    for (const AccountRecord& account : write.accounts())
        for (const GrantRecord& grant : write.grants(account.id)) {
            GrantLedger ledger = ledger_of(grant, now);
            ledger.come_back(now);
            write.put_grant_ledger(account.id, grant.root, write_grant_ledger(ledger));
        }
}

}  // namespace kith
