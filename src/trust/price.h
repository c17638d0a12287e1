// The price of strangers (protocol section 5.2). Its seeds are stateless: a seed holds the effort
// of its note and a MAC over that and the hour, so any node knows it again and none stores it, and
// a stamp is judged by the price of the note that it answers, whatever is asked since. A stamp is
// bound to its stub's hash; a stamp that comes again is therefore the same stub again, which is one
// message: nothing remembers stamps.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "note/price.h"
#include "trust/decision.h"
#include "trust/price_control.h"

namespace kith {

/// Thread-safe.
class StrangerPrice {
  public:
    /// `key`: 32 octets of the server's own.
    StrangerPrice(std::string domain, Secret key, PriceBounds bounds);

    /// The price note's content. Stamps for it are taken until the end of the next hour.
    Price current(Time now) const;
    std::uint64_t effort(Time now) const;
    void set_bounds(PriceBounds bounds);
    /// A stub was taken for a stamp of `effort`: when many are, the price rises.
    void count_taken(std::uint64_t effort, Time now);
    /// The same for the line that the store keeps, and what it is afterwards; one that does not
    /// parse begins anew.
    std::string counted(std::string_view line, std::uint64_t effort, Time now) const;
    /// From such a line, after a start. Errors: malformed.
    Result<void> restore(std::string_view line);
    /// 32 octets that nobody else can foresee, for a draw about `what`.
    Bytes draw(std::string_view what) const;

    /// Cheap checks first: form, puzzle, seed, effort; then the puzzle. Never fails: a line that
    /// does not parse is a wrong stamp.
    StampEvidence verify_stamp(const Hash& stub, std::string_view line, Time now) const;

  private:
    std::string seed(std::int64_t hour, std::uint64_t effort) const;

    std::string domain_;
    Secret key_;
    mutable std::mutex mutex_;
    mutable PriceControl control_;  ///< moves on with time
};

}  // namespace kith
