// Amounts in ledgers: integers in fixed point, so that every machine comes to the same, and nothing
// is won or lost by rounding. One credit is one message: 1,728,000 units, so that a tenth of a
// credit a day is two units a second, and half of any rate in use is still whole.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>

#include "base/time.h"

namespace kith {

class Credit {
  public:
    static constexpr std::int64_t kUnits = 20 * 86'400;

    constexpr Credit() = default;
    static constexpr Credit of_units(std::int64_t units) { return Credit(units); }
    static constexpr Credit whole(std::int64_t credits) { return Credit(credits * kUnits); }
    static constexpr Credit tenths(std::int64_t tenths) { return Credit(tenths * (kUnits / 10)); }

    constexpr std::int64_t units() const { return units_; }
    /// Is there enough for one message?
    constexpr bool covers_one() const { return units_ >= kUnits; }
    /// "2.5": tenths, the rest cut off; for people.
    std::string text() const {
        return std::to_string(units_ / kUnits) + "." +
               std::to_string(units_ % kUnits / (kUnits / 10));
    }

    constexpr Credit& operator+=(Credit other) {
        units_ += other.units_;
        return *this;
    }
    constexpr Credit& operator-=(Credit other) {
        units_ -= other.units_;
        return *this;
    }
    friend constexpr Credit operator+(Credit a, Credit b) { return a += b; }
    friend constexpr Credit operator-(Credit a, Credit b) { return a -= b; }
    friend constexpr Credit operator*(Credit a, std::int64_t n) { return Credit(a.units_ * n); }
    friend constexpr Credit operator/(Credit a, std::int64_t n) { return Credit(a.units_ / n); }
    friend constexpr auto operator<=>(Credit, Credit) = default;

  private:
    constexpr explicit Credit(std::int64_t units) : units_(units) {}

    std::int64_t units_ = 0;
};

inline constexpr Credit kOneCredit = Credit::whole(1);

/// How fast a bucket refills.
struct CreditRate {
    std::int64_t units_a_second = 0;

    static constexpr CreditRate tenths_a_day(std::int64_t tenths) { return {2 * tenths}; }
    constexpr CreditRate half() const { return {units_a_second / 2}; }
    friend constexpr Credit operator*(CreditRate rate, Seconds time) {
        return Credit::of_units(rate.units_a_second * time.count());
    }
    friend constexpr auto operator<=>(CreditRate, CreditRate) = default;
};

}  // namespace kith
