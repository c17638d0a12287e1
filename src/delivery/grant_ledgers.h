// Ledgers of grants as the store keeps them: one line in the contact's row (protocol section 5.5).
// Whatever reads a ledger, decides by it and changes it does so within one write.
#pragma once

#include "store/store.h"
#include "trust/grant_ledger.h"

namespace kith {

GrantLevel level_of(GrantRecord::Level level);

/// A mailing list that the person joined: it is heard by its token alone, and its word counts; the
/// person stands for it to nobody (protocol section 5.9).
inline constexpr const char* kListSource = "list";
inline bool is_list(const GrantRecord& grant) {
    return grant.source == kListSource;
}

/// One that is not there, or cannot be read, is lost: it begins anew at half the caps.
GrantLedger ledger_of(const GrantRecord& grant, Time now);
/// Puts it into the record, whose level and time of engagement follow it.
void set_ledger(GrantRecord& grant, const GrantLedger& ledger);

/// A contact that is made now, at the record's level. Whoever was one before goes on with the
/// ledger of then: removing and adding fills nothing.
void begin_ledger(GrantRecord& grant, ReadTransaction& read, AccountId account, Time now);
/// The person's own choice: ends a suspension, fills nothing.
void choose_level(GrantRecord& grant, GrantRecord::Level level, Time now);

/// After a loss: what the backup says may have been used since, so nothing holds more than half its
/// cap, and nothing that was debited before is refunded.
void bring_back_ledgers(WriteTransaction& write, Time now);

}  // namespace kith
