// Old mail for a new device: each header is made anew for the devices of the card, under the same
// file key; the payloads stay (protocol section 4).
#pragma once

#include "kith/person.h"

namespace kith {

struct Rekeyed {
    std::size_t done = 0;     ///< headers that were made anew, now or in an interrupted run
    std::size_t skipped = 0;  ///< not sealed for this device
};
/// In batches; rekey.json in the home says how far it came, so that a second run goes on there.
/// Errors: the server's.
Result<Rekeyed> rekey_all(Person& person, const KnownPerson& own);

}  // namespace kith
