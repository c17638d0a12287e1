// How many people an account may begin to write to in an hour, at its own server: a thief's first
// hour must not reach everybody whom the owner knows. Up to 20, or three times what the account
// itself does in a busy hour; beyond that one of its devices has to confirm.
//
// A busy hour is the 95th percentile of all hours of the last 28 days, the silent ones among them:
// who writes to many once a week confirms once a week, and a thief who sends a little more each
// hour needs more than a day to make three times as much seem usual.
//
// Hours are those of the clock. What the last one used counts on, by the share of it that is within
// sixty minutes, so that the turn of the hour is no opportunity.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.h"

namespace kith {

inline constexpr std::uint64_t kFanOutFloor = 20;
inline constexpr std::int64_t kFanOutHours = 28 * 24;

/// Of one account. A value, for one thread at a time; a clock that is set back stays in its hour.
class FanOutBreaker {
  public:
    /// Recipients of new threads within an hour, without asking.
    std::uint64_t limit(Time now) const;
    /// How many are left now.
    std::uint64_t left(Time now) const;

    enum class Answer {
        pass,     ///< counted
        step_up,  ///< nothing is counted: a device has to confirm first
    };
    Answer take(std::uint64_t recipients, Time now);
    /// A device has confirmed that many, beyond the limit; for this hour.
    void confirm(std::uint64_t recipients, Time now);

    friend bool operator==(const FanOutBreaker&, const FanOutBreaker&) = default;

  private:
    friend std::string write_fan_out(const FanOutBreaker& breaker);
    friend Result<FanOutBreaker> parse_fan_out(std::string_view text);

    std::int64_t hour_at(Time now) const;
    std::uint64_t used(Time now, std::uint64_t limit) const;
    void advance(Time now);

    std::int64_t hour_ = 0;                        ///< since 1970
    std::uint64_t confirmed_ = 0;                  ///< in that hour
    std::map<std::int64_t, std::uint64_t> hours_;  ///< recipients in hours that had any
};

/// One line for the store (record_text.h).
std::string write_fan_out(const FanOutBreaker& breaker);
/// Errors: malformed, limit; `where` is "fan-out: FIELD".
Result<FanOutBreaker> parse_fan_out(std::string_view text);

}  // namespace kith
