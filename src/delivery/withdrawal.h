// A `withdraw` note (protocol section 7.4): the sender takes back what nobody has read.
#pragma once

#include "identity/chain.h"
#include "note/withdraw.h"
#include "store/store.h"

namespace kith {

/// What came of it.
struct Withdrawal {
    enum class Outcome { removed, not_here, read_already } outcome = Outcome::not_here;
    AccountId account = 0;
    ModSeq state = 0;
};
/// A device of the sender's that is active now has signed it. Errors: untrusted, bad_signature;
/// those of a chain that is not here.
Result<void> check_withdraw(const SignedNote& note,
                            const Withdraw& withdraw,
                            ReadTransaction& read,
                            Time now);
/// Within a write of the store; `is_theirs`: what check_withdraw() came to. Errors: that one's,
/// where the sender was told that the message is here.
Result<Withdrawal> withdraw_message(const Withdraw& withdraw,
                                    const Result<void>& is_theirs,
                                    WriteTransaction& write,
                                    Time now);

}  // namespace kith
