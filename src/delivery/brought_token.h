// A token that came with a message (protocol section 5.1): what it is worth to this account now,
// and what its use costs. By whatever way the message came.
#pragma once

#include <optional>
#include <string_view>

#include "store/store.h"
#include "trust/decision.h"
#include "trust/token.h"

namespace kith {

/// Who brings it.
struct TokenBearer {
    Address from;
    Hash root;
    Hash card = {};  ///< to pin, where an invitation makes a contact of them
};

struct BroughtToken {
    TokenEvidence evidence;
    std::optional<CheckedToken> token;  ///< absent when it is not ours
    std::optional<TokenRecord> record;  ///< of one that the account made by hand
};

/// `address`: the account's own.
BroughtToken look_at_token(std::string_view text,
                           const TokenBearer& bearer,
                           AccountId account,
                           const Address& address,
                           const TokenMaker& tokens,
                           ReadTransaction& read,
                           Time now);

/// Books its use, binds it to its first bearer, and makes a contact of who was invited and is none
/// yet. In the write that stores the message.
enum class BearerIs { contact, stranger };
void use_token(const BroughtToken& brought,
               const TokenBearer& bearer,
               BearerIs bearer_is,
               AccountId account,
               WriteTransaction& write,
               Time now);

}  // namespace kith
