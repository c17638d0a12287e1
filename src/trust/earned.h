// What a grant has earned (E of the ledger): the grantor's own answers, each one credit, halved
// every fourteen days. Decay is what refills the bucket: each unit that fades away gives two, so
// that E gives back 2·E in all and not a unit more, whatever the curve and however often one looks.
// (That is the rate 2·ln2/14·E a day, integrated.)
//
// The curve is exact at each whole day and a straight line in between: never under the true one by
// more than a unit, never above it by more than 0.031 % ((ln2/14)²/8).
#pragma once

#include "trust/credit.h"

namespace kith {

inline constexpr Seconds kEarnedHalfLife = std::chrono::days{14};
/// More would refill no faster: 2·ln2/14·162 is 16 a day, the most that any grant refills.
inline constexpr Credit kMostEarned = Credit::whole(162);

/// A value. What time does to it depends on the time alone, not on how often it is asked.
class Earned {
  public:
    Earned() = default;
    Earned(Credit amount, Time since) : amount_(std::min(amount, kMostEarned)), since_(since) {}

    /// What is left; before `since`, all. Falls with time, never rises.
    Credit at(Time now) const;
    /// What the time between the two gives to the bucket. Nothing when `to` is not after `from`.
    Credit refill(Time from, Time to) const;
    void add(Credit credit, Time now);
    /// Takes away what should not have been earned, or what is left.
    void forfeit(Credit credit, Time now);

    Credit amount() const { return amount_; }  ///< at `since`
    Time since() const { return since_; }

    friend bool operator==(const Earned&, const Earned&) = default;

  private:
    Credit amount_;
    Time since_;
};

}  // namespace kith
