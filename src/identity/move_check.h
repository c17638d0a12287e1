// Who answers that somebody is at another address shows the card that says so (protocol section
// 3.8). The old provider is about to lose a customer: it is believed nothing else.
#pragma once

#include "identity/chain.h"

namespace kith {

/// Where the card leads, if it is one of the chain, or follows it, and stands. `asked`: the address
/// that was written to. Errors: those of read_card(); untrusted ("card: address" is of somebody
/// else; "card: moved" is absent; "card: prev" another card stands), and those of Chain::add().
Result<Address> moved_to(Chain known, const Address& asked, std::string_view card);

}  // namespace kith
