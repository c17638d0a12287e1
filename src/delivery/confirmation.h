// What waits at its sender's own server until a person lets it go (protocol section 3.9): who may,
// what of it, and what becomes of the rest.
#pragma once

#include <map>
#include <vector>

#include "identity/chain.h"
#include "note/confirm.h"
#include "store/store.h"

namespace kith {

struct ConfirmSigner {
    enum class By { device, recovery } by = By::device;
    std::string device;  ///< its name
};
/// Errors: bad_signature, untrusted (nobody who may, or of another account), denied (the account is
/// frozen, expired or disputed, or the device is still pending).
Result<ConfirmSigner> check_confirm(const SignedNote& note,
                                    const Confirmation& confirm,
                                    const Chain& chain,
                                    Time now);

/// Of what waits, the rows that the note names and its signer may let go. Where two devices count,
/// none lets go what it signed itself.
struct Confirmable {
    std::vector<std::int64_t> rows;
    std::size_t for_others = 0;  ///< named, but for another device or the recovery phrase
};
Confirmable confirmable(const std::vector<RecipientRecord>& waiting,
                        const Confirmation& confirm,
                        const ConfirmSigner& signer,
                        const Chain& chain,
                        Time now);

/// Queues them, and counts them as new threads of this hour. What is not waiting any more is passed
/// over. How many went.
Result<std::uint64_t> let_go(WriteTransaction& write,
                             AccountId account,
                             const std::vector<std::int64_t>& rows,
                             Seconds queue_life,
                             Time now);

/// What nobody has confirmed in time fails for good. How many recipients, by account.
std::map<AccountId, std::uint64_t> expire_unconfirmed(WriteTransaction& write, Time now);

}  // namespace kith
