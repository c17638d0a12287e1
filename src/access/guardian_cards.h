// An announcement of guardians that not enough of them have signed yet (protocol section 3.5): it
// waits here, and each who signs the same text brings it further. Counts for nothing until then.
#pragma once

#include "identity/chain.h"
#include "store/store.h"

namespace kith {

/// So long guardians have, from the time in their card.
inline constexpr Seconds kGuardiansLife = std::chrono::hours{72};

struct GatheredSignatures {
    SignedCard card;  ///< with all that have come
    std::size_t have = 0;
    std::size_t needed = 0;

    bool enough() const { return have >= needed; }
};
/// Joins the guardians' signatures on `card` with those that came before for the same text. A text
/// goes when all who signed it have signed another one since: so a guardian costs the room of one.
/// `chain` is the account's. Within a write of the store.
/// Errors: untrusted, bad_signature (no guardian signed; the card before is not known).
Result<GatheredSignatures> gather_signatures(
    WriteTransaction& store, AccountId account, const Chain& chain, SignedCard card, Time now);
/// Which guardians have signed it. Errors: as above.
Result<std::vector<PublicKey>> guardians_of(const Chain& chain, const SignedCard& card);
void drop_guardian_cards(WriteTransaction& store, AccountId account);

}  // namespace kith
