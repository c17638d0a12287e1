// What a device's key is worth at a time, by the chain known now.
#pragma once

#include <optional>
#include <string>

#include "identity/chain.h"

namespace kith {

enum class KeyStanding {
    active,
    pending,   ///< added less than 24 hours before, not confirmed: reads and writes, has no say
    revoked,   ///< see `reason`
    frozen,    ///< the owner froze the account
    expired,   ///< the card in force had run out
    unknown,   ///< not a device of this person
    disputed,  ///< two recoveries: the account stands for nothing
};
/// "active", …
const char* name_of(KeyStanding standing);

struct KeyState {
    KeyStanding standing = KeyStanding::unknown;
    std::string device;                      ///< its name, if known
    std::optional<RevocationReason> reason;  ///< when revoked
    std::optional<Time> since;               ///< when revoked or frozen

    /// May what it signs be taken as the person's?
    bool good() const {
        return standing == KeyStanding::active || standing == KeyStanding::pending;
    }
};

/// `at` is the receiver's own time (when it first saw what the key signed), never the signer's.
/// A revocation counts from its own date, in whatever later card it stands.
KeyState key_state(const Chain& chain, const PublicKey& key, Time at);

/// The state of the account as a whole at that time: active, frozen, expired or disputed.
KeyStanding account_state(const Chain& chain, Time at);

}  // namespace kith
