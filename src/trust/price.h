// The price of strangers (protocol section 5.2), without state: the seed of each hour is a MAC of
// the hour, so any node knows it and none stores it. A stamp is bound to its stub's hash; a stamp
// that comes again is therefore the same stub again, which is one message: nothing remembers
// stamps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/adjustable.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "crypto/puzzle.h"
#include "crypto/secret.h"
#include "note/price.h"
#include "trust/decision.h"

namespace kith {

inline constexpr std::uint64_t kDefaultEffort = std::uint64_t{1} << 20;  ///< hashes

/// Thread-safe.
class StrangerPrice {
  public:
    /// `key`: 32 octets of the server's own. `effort`: hashes, 1 to kMaxEffort.
    StrangerPrice(std::string domain, Secret key, std::uint64_t effort);

    /// The price note's content for this hour: the same all the hour, so it is signed once. Stamps
    /// for it are taken until the end of the next hour.
    Price current(Time now) const;
    /// Another price from `now` on; stamps for the notes given out before are taken as long as
    /// those notes last.
    void set_effort(std::uint64_t effort, Time now);
    std::uint64_t effort() const { return effort_; }

    /// Cheap checks first: form, puzzle, effort, seed; then one hash. Never fails: a line that does
    /// not parse is a wrong stamp.
    StampEvidence verify_stamp(const Hash& stub, std::string_view line, Time now) const;

  private:
    std::string seed(std::int64_t hour) const;

    std::string domain_;
    Secret key_;
    Adjustable<std::uint64_t> effort_;
    Adjustable<std::uint64_t> effort_before_;  ///< counts for seeds up to last_hour_before_
    Adjustable<std::int64_t> last_hour_before_ = -1;
    std::unique_ptr<Puzzle> puzzle_;
};

}  // namespace kith
