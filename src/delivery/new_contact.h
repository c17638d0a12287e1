// Somebody becomes a contact whose keys are in trouble already (card_news.h): the news of it came
// before, and does not come again.
#pragma once

#include "store/store.h"

namespace kith {

/// By the cards that are known here. Within the write that makes the contact.
void note_trouble_of_new_contact(WriteTransaction& write,
                                 AccountId account,
                                 const Hash& root,
                                 Time now);

}  // namespace kith
