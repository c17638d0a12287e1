// The ledger of one grant x→y, kept by x's server alone: three buckets that meter what comes over
// this edge, and what outcomes do to them. It is security state: it goes into the backup, and what
// comes back after a loss comes back at half the caps.
//
// Every call moves the ledger on to its time (never back). Nothing refills but time, and x's own
// engagement: not that a message was opened, not that nothing was heard, not what others say.
#pragma once

#include <array>

#include "trust/earned.h"
#include "trust/grant_standing.h"

namespace kith {

/// A value, for one thread at a time.
class GrantLedger {
  public:
    /// A new grant begins with full buckets.
    static GrantLedger granted(GrantLevel level, Time now);
    /// An introduction: known until then, without a word of its own.
    static GrantLedger introduced(Time until, Time now);
    /// A grant whose ledger is lost: half the caps, nothing earned. `engaged`: as far as known.
    static GrantLedger after_loss(GrantLevel level, Time engaged, Time now);

    GrantStanding standing(Time now) const { return standing_of(choice_, std::max(now, at())); }
    const GrantChoice& choice() const { return choice_; }
    /// What the bucket holds, as far as the standing lets it be used: nothing in a blocked grant,
    /// and no word of contacts that are suspended, dormant or merely introduced.
    Credit available(GrantBucket bucket, Time now) const;
    Credit earned(Time now) const { return earned_.at(now); }

    /// Debits one. False, and nothing is debited, when less than that is available.
    bool take(GrantBucket bucket, Time now);
    /// Gives one back, once for each debit at most, and none of before a loss: false when there is
    /// no such debit. Only where the grantor (mail, introductions), or whoever heard the vouch,
    /// engaged. `debited`: when the debit was booked.
    bool refund(GrantBucket bucket, Time debited, Time now);
    /// A debit that will never be refunded: its message was unwanted.
    void write_off(GrantBucket bucket, Time now);

    /// x answered y, or accepted mail of y: E + 1, and nothing fades for 400 days. A grant that has
    /// faded stays what it has faded to, but a dormant or introduced one is known again.
    void engaged(Time now);
    /// What x engaged with was a thief's: E − 1, and out of D what that one has refilled, if it was
    /// earned as early as may be, when the message was debited. Who y is to x stays.
    void disengaged(Time debited, Time now);
    /// The refund for it goes, too; the debit is not given back any more.
    void take_refund_back(GrantBucket bucket, Time now);
    /// x wrote to y unasked: nothing fades, nothing is earned.
    void kept_alive(Time now);
    /// What came on y's word was unwanted: y's word counts for less. I and its cap × 0.8; one such
    /// discount is forgotten for each 30 days without another.
    void discount_word(Time now);
    /// Somebody was not pleased by y for whom x stood: V − 2; cap and refill halved for 30 days.
    void discount_vouches(Time now);
    /// "Looks hacked": nothing is changed but the standing, so that one tap restores all.
    void suspend(Time now);
    void lift_suspension(Time now);

    /// x's own choice: also ends a suspension or an introduction. What the buckets hold stays, cut
    /// to the new caps: choosing to and fro fills nothing.
    void set_level(GrantLevel level, Time now);
    /// Another introduction, of somebody who is no contact (any more). Fills nothing.
    void introduce_again(Time until, Time now);
    /// It comes from a backup: nothing holds more than half its cap. What was earned, and the
    /// refunds of what was debited before, may have been used since, and are gone.
    void come_back(Time now);

    friend bool operator==(const GrantLedger&, const GrantLedger&) = default;

  private:
    friend std::string write_grant_ledger(const GrantLedger& ledger);
    friend Result<GrantLedger> parse_grant_ledger(std::string_view text);
    static constexpr std::size_t kBuckets = 3;

    GrantLedger() = default;
    GrantLedger(const GrantChoice& choice, Time now);

    Time at() const { return buckets_[0].refilled(); }
    Bucket& bucket(GrantBucket which) { return buckets_[static_cast<std::size_t>(which)]; }
    BucketTerms terms(GrantBucket which) const;
    Time next_change() const;
    void advance(Time now);
    void refill(Time to);
    void clip();

    GrantChoice choice_;
    std::array<Bucket, kBuckets> buckets_;
    std::array<std::uint32_t, kBuckets> open_{};  ///< debits neither refunded nor written off
    Earned earned_;
    std::uint32_t discounts_ = 0;  ///< of y's word
    Time discounted_;              ///< when the last one came, or went
    Time halved_until_;            ///< the vouches
    Time came_back_;               ///< debits up to then are not refunded
};

/// One line for the store (record_text.h).
std::string write_grant_ledger(const GrantLedger& ledger);
/// Errors: malformed, limit (256 octets; amounts above their caps); `where` is "grant ledger:
/// FIELD".
Result<GrantLedger> parse_grant_ledger(std::string_view text);

}  // namespace kith
