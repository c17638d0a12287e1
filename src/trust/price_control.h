// How much effort is asked of strangers: it follows how many come, as in Tor's proposal 327. Time
// goes in periods of 300 s. In a busy one more was taken for stamps than `many`: then the effort
// rises, by one at least, to what those who came have paid, shared among the `many` that would have
// been right. In a quiet one at most half of `many` came: it falls to two thirds. Only what was
// taken counts, so that whoever would raise the price for others pays for each step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace kith {

/// About 10 s of a core of 2024, and the effort asked in quiet times by default: Equihash solutions
/// to find on average.
inline constexpr std::uint64_t kDefaultEffort = 1'500;
/// So many times dearer the price may become by default, and a client's own bid (about 320 s).
inline constexpr std::uint64_t kMostRaise = 32;

struct PriceBounds {
    std::uint64_t least = kDefaultEffort;              ///< effort asked in quiet times; at least 1
    std::uint64_t most = kMostRaise * kDefaultEffort;  ///< never more; at least `least`
    std::uint64_t many = 60;  ///< strangers' stubs in a period that are busy; at least 1

    friend bool operator==(const PriceBounds&, const PriceBounds&) = default;
};

/// A value without a clock: `now` may jump; going back it is taken for standing still.
class PriceControl {
  public:
    static constexpr Seconds kPeriod{300};

    explicit PriceControl(PriceBounds bounds);

    /// The effort asked at `now`.
    std::uint64_t effort(Time now);
    /// A stub was taken for a stamp of `effort`.
    void count(std::uint64_t effort, Time now);
    /// From here on; the effort is moved within them.
    void set_bounds(PriceBounds bounds);
    const PriceBounds& bounds() const { return bounds_; }

  private:
    friend std::string write_price_control(const PriceControl& control);
    friend Result<PriceControl> parse_price_control(std::string_view text, PriceBounds bounds);
    void close_periods(Time now);

    PriceBounds bounds_;
    std::uint64_t effort_;
    std::int64_t period_ = 0;  ///< since 1970; 0: none was begun
    std::uint64_t taken_ = 0;  ///< in this period
    std::uint64_t total_ = 0;  ///< their efforts
};

/// One line for the store (record_text.h): so that a restart in an attack does not make it cheap.
std::string write_price_control(const PriceControl& control);
/// Within these bounds, whatever they were. Errors: malformed, limit; `where` is "price: FIELD".
Result<PriceControl> parse_price_control(std::string_view text, PriceBounds bounds);

}  // namespace kith
