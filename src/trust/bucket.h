// A token bucket in fixed point. Time is a parameter, and the bucket remembers up to when it was
// refilled: no stretch of time refills twice. A clock that is set back therefore refills nothing
// and takes nothing; when it comes to where it was, refilling goes on.
#pragma once

#include "trust/credit.h"

namespace kith {

/// What the bucket holds at most, and how fast time refills it. They may change between calls.
struct BucketTerms {
    Credit cap;
    CreditRate rate;

    friend bool operator==(const BucketTerms&, const BucketTerms&) = default;
};

/// A value; holds nothing below zero, ever.
class Bucket {
  public:
    Bucket() = default;
    Bucket(Credit amount, Time refilled) : amount_(amount), refilled_(refilled) {}

    Credit amount() const { return amount_; }
    /// Up to when it was refilled; never goes back.
    Time refilled() const { return refilled_; }

    /// What time brings by `now`, and `extra` on top, up to the cap. What is above the cap already
    /// stays: see clip().
    void refill(const BucketTerms& terms, Time now, Credit extra = {});
    /// Away with what is above `cap`.
    void clip(Credit cap) { amount_ = std::min(amount_, cap); }

    /// Debits all of `credit`, or nothing: false.
    bool take(Credit credit = kOneCredit);
    /// Debits `credit`, or what there is.
    void forfeit(Credit credit) { amount_ -= std::min(credit, amount_); }
    /// Gives back, up to the cap.
    void refund(Credit credit, Credit cap);

    friend bool operator==(const Bucket&, const Bucket&) = default;

  private:
    Credit amount_;
    Time refilled_;
};

}  // namespace kith
