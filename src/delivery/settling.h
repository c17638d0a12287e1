// What follows when a person shows what a message was to them (protocol section 5.6): by answering
// or accepting it, or by saying that it was unwanted or looks hacked. Never by opening it, nor by
// doing nothing. Booked in the commit that stores it.
#pragma once

#include "store/store.h"
#include "trust/outcomes.h"

namespace kith {

/// Sets the message's outcome, which the caller stores, and books what follows in the ledgers of
/// this account and server. `message`: received. Errors: conflict (it has an outcome already: the
/// first counts for ever).
Result<Settlement> settle_message(WriteTransaction& write,
                                  AccountId account,
                                  MessageRecord& message,
                                  MessageOutcome outcome,
                                  Time now);

/// The message was a thief's: what its recipient's engagement had earned is taken out of the
/// ledgers again, as far as it is there. Its outcome stays what it was.
void undo_engagement(WriteTransaction& write,
                     AccountId account,
                     const MessageRecord& message,
                     Time now);

/// The person wrote to `address` unasked: their contact there does not fade.
void keep_alive(WriteTransaction& write, AccountId account, const std::string& address, Time now);

/// What a domain has with this server.
DomainCredit domain_credit_of(ReadTransaction& read, const std::string& domain, Time now);

}  // namespace kith
