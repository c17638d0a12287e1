// Somebody becomes a contact whose keys are in trouble already (card_news.h), or were replaced
// lately (taking_back.h): the news of it came before, and does not come again.
#pragma once

#include "store/store.h"

namespace kith {

/// Tells the account of both, as if they had been a contact by then; by the cards that are known
/// here. Within the write that makes the contact, however it comes about.
void heed_new_contact(WriteTransaction& write, AccountId account, const Hash& root, Time now);

}  // namespace kith
