// The person's own next card.
#pragma once

#include "identity/card_builder.h"
#include "kith/person.h"

namespace kith {

/// Signs, holds it against the chain rules, and publishes. Gives oneself as known then.
/// Errors: untrusted (the rules want more signatures), the server's.
Result<KnownPerson> publish_card(Person& person,
                                 const KnownPerson& own,
                                 const Card& next,
                                 const CardSigner& signer);

}  // namespace kith
