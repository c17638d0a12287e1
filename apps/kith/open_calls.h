// Calls of a server that need no session: somebody's chain, and cards that no device signs.
#pragma once

#include "identity/chain.h"
#include "kith/network.h"

namespace kith {

/// The cards of an address, asked of its own server; verified from the root on.
/// Errors: not_found (no such account), unavailable, untrusted.
Result<Chain> fetch_chain(Network& network, const HttpOrigin& origin, const Address& address);

struct PostedCard {
    enum class State { published, waits } state = State::published;
    std::uint64_t have = 0;  ///< waits: so many guardians have signed
    std::uint64_t needed = 0;
};
/// A card that the recovery key or guardians have signed.
/// Errors: denied (with the server's reason), unavailable.
Result<PostedCard> post_card(Network& network, const HttpOrigin& origin, const SignedCard& card);

}  // namespace kith
