// What the newest card of a person means to the accounts here that have them as a contact: that
// their keys are in trouble is noted, a move to another address followed, and what revoked devices
// sent is taken back (delivery/taking_back.h).
#pragma once

#include "delivery/taking_back.h"

namespace kith {

/// Why somebody's keys are not to be trusted as they were.
struct KeyTrouble {
    enum class What {
        disputed,   ///< two recoveries contradict each other
        replacing,  ///< guardians announced a new recovery key (protocol section 3.5)
        frozen,     ///< by its owner
    };
    What what = What::frozen;
    Time since;  ///< when this server learned of it

    friend bool operator==(const KeyTrouble&, const KeyTrouble&) = default;
};
/// "disputed", …
const char* name_of(KeyTrouble::What what);
std::optional<KeyTrouble::What> trouble_of(const Chain& chain);

/// Once for each newest card and standing; later calls do nothing. Within a write of the store.
/// Gives the accounts that have something to be told. Errors: those of the store.
Result<std::vector<TakenBack>> heed_card(const Chain& chain, WriteTransaction& write, Time now);

/// Which of an account's contacts are in trouble now, by their roots in hex.
std::map<std::string, KeyTrouble> keys_in_trouble(ReadTransaction& read, AccountId account);

}  // namespace kith
