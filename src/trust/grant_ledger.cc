#include "trust/grant_ledger.h"

namespace kith {
namespace {

constexpr std::array kAll = {GrantBucket::mail, GrantBucket::introductions, GrantBucket::vouches};

constexpr Seconds kDiscountLife = std::chrono::days{30};
constexpr std::uint32_t kMostDiscounts = 15;
constexpr Credit kVouchForfeit = Credit::whole(2);
constexpr std::uint32_t kMostOpen = 1'000'000;

Credit four_fifths(Credit credit) {
    return credit * 4 / 5;
}

bool is_own_word(GrantStanding standing) {
    return standing == GrantStanding::known || standing == GrantStanding::well_trusted;
}

// What the ledger goes by: suspending changes what is done with the mail, and no amount.
GrantStanding beneath_suspension(GrantChoice choice, Time now) {
    choice.suspended = GrantChoice::Suspended::no;
    return standing_of(choice, now);
}

}  // namespace

GrantLedger::GrantLedger(const GrantChoice& choice, Time now) : choice_(choice) {
    for (const GrantBucket which : kAll)
        bucket(which) = Bucket(terms_of(which, standing_of(choice, now)).cap, now);
    earned_ = Earned({}, now);
    discounted_ = now;
    halved_until_ = now;
}

GrantLedger GrantLedger::granted(GrantLevel level, Time now) {
    return GrantLedger({.level = level, .engaged = now}, now);
}

GrantLedger GrantLedger::introduced(Time until, Time now) {
    return GrantLedger({.level = GrantLevel::known, .engaged = now, .until = until}, now);
}

GrantLedger GrantLedger::after_loss(GrantLevel level, Time engaged, Time now) {
    GrantLedger ledger({.level = level, .engaged = engaged}, now);
    ledger.come_back(now);
    return ledger;
}

BucketTerms GrantLedger::terms(GrantBucket which) const {
    BucketTerms terms = terms_of(which, beneath_suspension(choice_, at()));
    if (which == GrantBucket::introductions)
        for (std::uint32_t i = 0; i < discounts_; ++i)
            terms.cap = four_fifths(terms.cap);
    if (which == GrantBucket::vouches && at() < halved_until_)
        terms = {terms.cap / 2, terms.rate.half()};
    return terms;
}

// Terms change with time alone: the grant fades, a discount is forgotten, vouches are whole again.
// Always after at().
Time GrantLedger::next_change() const {
    Time next = next_fade(choice_, at());
    if (discounts_ > 0)
        next = std::min(next, std::max(discounted_ + kDiscountLife, at() + Seconds(1)));
    if (halved_until_ > at())
        next = std::min(next, halved_until_);
    return next;
}

// From change to change, so that it does not matter how often somebody asks.
void GrantLedger::advance(Time now) {
    while (at() < now) {
        refill(std::min(now, next_change()));
        if (discounts_ > 0 && discounted_ + kDiscountLife <= at()) {
            --discounts_;
            discounted_ = at();
        }
        clip();
    }
}

void GrantLedger::refill(Time to) {
    const Seconds elapsed = to - at();
    const CreditRate floor = terms(GrantBucket::mail).rate;
    const CreditRate above = {kFastestMail.units_a_second - floor.units_a_second};
    const Credit extra = std::min(earned_.refill(at(), to), above * elapsed);
    const std::array now_terms = {
        terms(GrantBucket::mail), terms(GrantBucket::introductions), terms(GrantBucket::vouches)};
    for (std::size_t i = 0; i < kBuckets; ++i)
        buckets_[i].refill(now_terms[i], to, i == 0 ? extra : Credit());
}

// What somebody had is kept while they are blocked.
void GrantLedger::clip() {
    if (choice_.level == GrantLevel::blocked)
        return;
    for (const GrantBucket which : kAll)
        bucket(which).clip(terms(which).cap);
}

Credit GrantLedger::available(GrantBucket which, Time now) const {
    GrantLedger then = *this;
    then.advance(now);
    const GrantStanding standing = then.standing(now);
    const bool usable =
        which == GrantBucket::mail ? standing != GrantStanding::blocked : is_own_word(standing);
    return usable ? then.bucket(which).amount() : Credit();
}

bool GrantLedger::take(GrantBucket which, Time now) {
    advance(now);
    if (!available(which, now).covers_one() || !bucket(which).take())
        return false;
    std::uint32_t& open = open_[static_cast<std::size_t>(which)];
    open = std::min(open + 1, kMostOpen);
    return true;
}

bool GrantLedger::refund(GrantBucket which, Time debited, Time now) {
    advance(now);
    std::uint32_t& open = open_[static_cast<std::size_t>(which)];
    if (open == 0 || debited <= came_back_)
        return false;
    --open;
    bucket(which).refund(kOneCredit, terms(which).cap);
    return true;
}

void GrantLedger::write_off(GrantBucket which, Time now) {
    advance(now);
    std::uint32_t& open = open_[static_cast<std::size_t>(which)];
    open -= std::min(open, 1U);
}

void GrantLedger::engaged(Time now) {
    kept_alive(now);
    if (choice_.level != GrantLevel::blocked)
        earned_.add(kOneCredit, at());
}

void GrantLedger::disengaged(Time debited, Time now) {
    advance(now);
    earned_.forfeit(kOneCredit, at());
    bucket(GrantBucket::mail).forfeit(Earned(kOneCredit, debited).refill(debited, at()));
}

void GrantLedger::take_refund_back(GrantBucket which, Time now) {
    advance(now);
    bucket(which).forfeit(kOneCredit);
}

void GrantLedger::kept_alive(Time now) {
    advance(now);
    if (choice_.level == GrantLevel::blocked)
        return;
    const bool whole = beneath_suspension(choice_, at()) == GrantStanding::well_trusted;
    choice_.level = whole ? GrantLevel::well_trusted : GrantLevel::known;
    choice_.engaged = at();
    choice_.until.reset();
}

void GrantLedger::discount_word(Time now) {
    advance(now);
    Bucket& word = bucket(GrantBucket::introductions);
    word.forfeit(word.amount() - four_fifths(word.amount()));
    discounts_ = std::min(discounts_ + 1, kMostDiscounts);
    discounted_ = at();
}

void GrantLedger::discount_vouches(Time now) {
    advance(now);
    bucket(GrantBucket::vouches).forfeit(kVouchForfeit);
    halved_until_ = at() + kDiscountLife;
    clip();
}

void GrantLedger::suspend(Time now) {
    advance(now);
    choice_.suspended = GrantChoice::Suspended::yes;
}

void GrantLedger::lift_suspension(Time now) {
    advance(now);
    choice_.suspended = GrantChoice::Suspended::no;
}

void GrantLedger::set_level(GrantLevel level, Time now) {
    advance(now);
    choice_ = {.level = level, .engaged = at()};
    clip();
}

void GrantLedger::introduce_again(Time until, Time now) {
    advance(now);
    const GrantStanding standing = standing_of(choice_, at());
    if (standing != GrantStanding::dormant && standing != GrantStanding::introduced)
        return;
    choice_.level = GrantLevel::known;
    choice_.until = std::max(until, choice_.until.value_or(until));
}

void GrantLedger::come_back(Time now) {
    advance(now);
    for (const GrantBucket which : kAll)
        bucket(which).clip(terms(which).cap / 2);
    open_ = {};
    earned_ = Earned({}, at());
    came_back_ = at();
}

}  // namespace kith
