// Reply tokens that an account gave while a thief had a device of it count for nothing any more.
// They are bearer's, and kept nowhere: what is kept is between which times they were made.
#pragma once

#include "store/store.h"

namespace kith {

/// Those made from `since` to `now`. Within a write of the store.
void void_reply_tokens(WriteTransaction& write, AccountId account, Time since, Time now);
bool is_reply_token_void(ReadTransaction& read, AccountId account, Time made, Time now);

}  // namespace kith
