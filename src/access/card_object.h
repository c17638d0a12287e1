// Cards as clients see them (docs/client-api.md section 5).
#pragma once

#include <string>
#include <string_view>

#include "access/method.h"
#include "identity/chain.h"

namespace kith {

inline constexpr std::string_view kCardProperties[] = {"id",
                                                       "root",
                                                       "serial",
                                                       "address",
                                                       "chain",
                                                       "superseded",
                                                       "hash",
                                                       "listedBy",
                                                       "secure",
                                                       "disputed",
                                                       "fetchedAt"};

struct CardSource {
    std::string id;      ///< the address asked for
    bool secure = true;  ///< "dnssec" or "insecure"
    Time fetched_at;
};
json::object card_object(const Chain& chain, const CardSource& source);

}  // namespace kith
