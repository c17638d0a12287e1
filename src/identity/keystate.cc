#include "identity/keystate.h"

namespace kith {
namespace {

// The card that was in force at `at`: the newest of the line that is not dated later. Before the
// first card's own time (a clock that is slow by minutes) it is the first.
const SignedCard& in_force(const std::vector<const SignedCard*>& line, Time at) {
    const SignedCard* found = line.front();
    for (const SignedCard* card : line)
        if (card->card.time <= at)
            found = card;
    return *found;
}

KeyStanding standing_of(const Chain& chain, const Card& card, Time at) {
    if (chain.standing() == Chain::Standing::disputed)
        return KeyStanding::disputed;
    if (card.frozen && *card.frozen <= at)
        return KeyStanding::frozen;
    return card.expires < at ? KeyStanding::expired : KeyStanding::active;
}

}  // namespace

const char* name_of(KeyStanding standing) {
    switch (standing) {
        case KeyStanding::active:
            return "active";
        case KeyStanding::pending:
            return "pending";
        case KeyStanding::revoked:
            return "revoked";
        case KeyStanding::frozen:
            return "frozen";
        case KeyStanding::expired:
            return "expired";
        case KeyStanding::unknown:
            return "unknown";
        case KeyStanding::disputed:
            return "disputed";
    }
    return "unknown";
}

KeyStanding account_state(const Chain& chain, Time at) {
    return standing_of(chain, in_force(chain.line(), at).card, at);
}

KeyState key_state(const Chain& chain, const PublicKey& key, Time at) {
    KeyState state;
    const RevokedDevice* revoked = chain.current().card.revoked_key(key);
    if (revoked)
        state.device = revoked->name;
    if (revoked && revoked->since <= at) {
        state.standing = KeyStanding::revoked;
        state.reason = revoked->reason;
        state.since = revoked->since;
        return state;
    }
    const Card& card = in_force(chain.line(), at).card;
    const CardDevice* device = card.device(key);
    if (!device)
        return state;
    state.device = device->name;
    state.standing = standing_of(chain, card, at);
    if (state.standing == KeyStanding::frozen)
        state.since = card.frozen;
    if (state.standing == KeyStanding::active && device->pending &&
        at - device->added < kPendingTime)
        state.standing = KeyStanding::pending;
    return state;
}

}  // namespace kith
