// The keys of single weeks, as an introducer's server hands them to the servers of the introducer's
// contacts with their mail (protocol section 5.3). The introducer's key itself stays where it is,
// so that whoever is no contact any more holds keys that end with the weeks that were handed out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "trust/hints.h"

namespace kith {

inline constexpr std::int64_t kWeeksHanded = 4;     ///< this one and the next three
inline constexpr std::size_t kMaxWeeklyKeys = 512;  ///< octets of the part

struct WeeklyKey {
    std::int64_t week = 0;
    HintKey key;
};

/// The key of an introducer here, another every four weeks. `server_secret`: 32 octets, this
/// server's own.
IntroducerKey introducer_key_of(ByteView server_secret, const Hash& introducer, std::int64_t week);
/// What is handed out now.
std::vector<WeeklyKey> weekly_keys(ByteView server_secret, const Hash& introducer, Time now);

/// The part `introducer`: "WEEK 32HEXDIG LF" for each, weeks rising.
std::string write_weekly_keys(std::span<const WeeklyKey> keys);
/// Errors: malformed, limit; `where` is "introducer".
Result<std::vector<WeeklyKey>> parse_weekly_keys(std::string_view text);
std::optional<HintKey> key_of_week(std::span<const WeeklyKey> keys, std::int64_t week);

}  // namespace kith
