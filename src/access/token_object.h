// Tokens as clients see them (docs/client-api.md section 5).
#pragma once

#include <string_view>

#include "access/method.h"

namespace kith {

inline constexpr std::string_view kTokenProperties[] = {"id",
                                                        "kind",
                                                        "label",
                                                        "token",
                                                        "link",
                                                        "perDay",
                                                        "usesLeft",
                                                        "usedToday",
                                                        "usedTotal",
                                                        "boundRoot",
                                                        "boundAddress",
                                                        "createdAt",
                                                        "expiresAt",
                                                        "revoked"};

json::object token_object(const TokenRecord& token, const Caller& owner, Time now);

std::string_view name_of_kind(TokenRecord::Kind kind);

}  // namespace kith
