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
/// Within a write of the store. Errors: untrusted, bad_signature (no active device of the sender
/// signed it).
Result<Withdrawal> withdraw_message(const SignedNote& note,
                                    const Withdraw& withdraw,
                                    WriteTransaction& write,
                                    Time now);

}  // namespace kith
