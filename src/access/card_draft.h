// CardDraft: a next card that one device has signed and that waits at the server for another device
// (docs/client-api.md section 6). One an account; it counts for nothing until it is published.
#pragma once

#include "access/method.h"

namespace kith {

/// So long it waits.
inline constexpr Seconds kDraftLife = std::chrono::hours{72};

Result<json::object> card_draft_get(ReadContext& context, const json::object& arguments);
Result<json::object> card_draft_set(WriteContext& context, const json::object& arguments);

/// Did a draft with this hash come here, and is it not too old?
bool is_waiting_draft(ReadTransaction& store, AccountId account, const Hash& hash, Time now);
/// A draft follows one card alone: with the next one it is void.
void drop_draft(WriteTransaction& store, AccountId account);

}  // namespace kith
