// Time as a parameter: nothing below the server reads a clock of its own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;
/// UTC, whole seconds: the only form of time on the wire.
using Time = std::chrono::sys_seconds;

/// How far ahead of our clock a signed time may lie (protocol section 2).
inline constexpr Seconds kClockSkew{300};

/// RFC 3339 in UTC with whole seconds: 2026-11-23T10:00:00Z.
std::string format_time(Time time);
/// That form only, years 1970 to 9999. Errors: malformed.
Result<Time> parse_time(std::string_view text);

/// The wall clock and a clock that never goes back. Thread-safe.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    virtual std::chrono::steady_clock::time_point steady() const = 0;
};

class SystemClock final : public Clock {
  public:
    Time now() const override;
    std::chrono::steady_clock::time_point steady() const override;
};

/// A clock that a test moves by hand.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Time start) : now_(start) {}
    Time now() const override { return now_; }
    std::chrono::steady_clock::time_point steady() const override { return steady_; }
    void advance(Seconds by) {
        now_ += by;
        steady_ += by;
    }
    /// The wall clock jumps, the steady one does not.
    void jump_to(Time time) { now_ = time; }

  private:
    Time now_;
    std::chrono::steady_clock::time_point steady_{};
};

}  // namespace kith
