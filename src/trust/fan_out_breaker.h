// How many people an account may begin to write to in an hour, at its own server: a thief's first
// hour must not reach everybody whom the owner knows. Up to 20, or three times what the account
// itself does in a busy hour; beyond that one of its devices has to confirm.
//
// A busy hour is what is usual (busy_hours.h): who writes to many once a week confirms once a week,
// and a thief who sends a little more each hour needs more than a day to make three times as much
// seem usual.
#pragma once

#include <cstdint>
#include <string>

#include "trust/busy_hours.h"

namespace kith {

inline constexpr std::uint64_t kFanOutFloor = 20;

/// Of one account. A value, for one thread at a time; a clock that is set back stays in its hour.
class FanOutBreaker {
  public:
    /// Recipients of new threads within an hour, without asking; never less than `floor`.
    std::uint64_t limit(Time now, std::uint64_t floor = kFanOutFloor) const;
    /// How many are left now.
    std::uint64_t left(Time now, std::uint64_t floor = kFanOutFloor) const;

    enum class Answer {
        pass,     ///< counted
        step_up,  ///< nothing is counted: a device has to confirm first
    };
    Answer take(std::uint64_t recipients, Time now, std::uint64_t floor = kFanOutFloor);
    /// A device has confirmed that many, beyond the limit; for this hour.
    void confirm(std::uint64_t recipients, Time now);

    friend bool operator==(const FanOutBreaker&, const FanOutBreaker&) = default;

  private:
    friend std::string write_fan_out(const FanOutBreaker& breaker);
    friend Result<FanOutBreaker> parse_fan_out(std::string_view text);

    void advance(Time now);

    std::uint64_t confirmed_ = 0;  ///< in this hour
    BusyHours hours_;              ///< recipients
};

/// One line for the store (record_text.h).
std::string write_fan_out(const FanOutBreaker& breaker);
/// Errors: malformed, limit; `where` is "fan-out: FIELD".
Result<FanOutBreaker> parse_fan_out(std::string_view text);

}  // namespace kith
