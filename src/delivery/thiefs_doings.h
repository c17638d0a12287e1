// What a thief of a device did at the server of the account itself, undone once the device is
// revoked (protocol section 3.6). What came of it elsewhere is taken back there (taking_back.h).
#pragma once

#include "note/card.h"
#include "store/store.h"

namespace kith {

/// `before` and `after`: the cards before and after that one which revokes. Since T0 of the devices
/// that are newly in `revoked`:
///
/// - what they submitted and is not delivered is stopped
/// - where one is `compromised`: tokens and reply tokens that were made are void, and what came by
///   one of the tokens, or from whom it made a contact, is taken back; vouches that were given
///   count for nothing, contacts that were added are suspended until their owner restores them, and
///   what the thief's answers had earned others is gone
///
/// Gives how many messages were taken back. Within the write that publishes the card. Errors: those
/// of the store.
Result<std::size_t> undo_thiefs_doings(
    WriteTransaction& write, AccountId account, const Card& before, const Card& after, Time now);

}  // namespace kith
