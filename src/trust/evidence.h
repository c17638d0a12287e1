// Between ledgers and decisions: what a ledger says as evidence, and how what a decision costs is
// booked. Both belong into one transaction: read the ledgers, decide, book, store, commit.
#pragma once

#include "trust/decision.h"
#include "trust/grant_ledger.h"

namespace kith {

/// `address`: of the contact, as the recipient knows them. Whether it was verified, and who
/// introduced them, is left to the caller.
GrantEvidence evidence_of(const GrantLedger& ledger, const Address& address, Time now);

/// Books a debit of the meters `mail` and `introductions` in the ledger of the grant that it names.
/// False when there is not enough, which cannot be when the evidence came from this very ledger at
/// this very time.
bool book(Debit::Meter meter, GrantLedger& ledger, Time now);

}  // namespace kith
