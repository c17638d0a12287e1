// To which domains an account wrote in the last 30 days: their servers are told when its devices
// are revoked (protocol section 7.4). Domains, not recipients: more is not needed for that.
#pragma once

#include <set>
#include <string>

#include "store/store.h"

namespace kith {

/// At most so many are remembered for an account; the ones written to longest ago go first.
inline constexpr std::size_t kMaxCorrespondents = 4'096;

/// Within a write of the store; writes only what is new today.
void note_written_to(WriteTransaction& write,
                     AccountId account,
                     const std::set<std::string>& domains,
                     Time now);
std::set<std::string> written_to(ReadTransaction& read, AccountId account, Time now);

}  // namespace kith
