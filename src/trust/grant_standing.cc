#include "trust/grant_standing.h"

namespace kith {
namespace {

// As granted, with nothing but time against it.
GrantStanding faded(const GrantChoice& choice, Time now) {
    if (choice.until)
        return now < *choice.until ? GrantStanding::introduced : GrantStanding::dormant;
    const auto steps = now > choice.engaged ? (now - choice.engaged) / kGrantFade : 0;
    if (choice.level == GrantLevel::well_trusted && steps < 2)
        return steps == 0 ? GrantStanding::well_trusted : GrantStanding::known;
    return choice.level == GrantLevel::known && steps == 0 ? GrantStanding::known
                                                           : GrantStanding::dormant;
}

constexpr BucketTerms kNothing = {};
constexpr BucketTerms kKnownMail = {Credit::whole(6), CreditRate::tenths_a_day(5)};
constexpr BucketTerms kWellTrustedMail = {Credit::whole(16), CreditRate::tenths_a_day(10)};
constexpr BucketTerms kIntroductions = {Credit::whole(3), CreditRate::tenths_a_day(2)};
constexpr BucketTerms kVouches = {Credit::whole(5), CreditRate::tenths_a_day(5)};

}  // namespace

std::string_view name_of(GrantStanding standing) {
    switch (standing) {
        case GrantStanding::blocked:
            return "blocked";
        case GrantStanding::suspended:
            return "suspended";
        case GrantStanding::dormant:
            return "dormant";
        case GrantStanding::introduced:
            return "introduced";
        case GrantStanding::known:
            return "known";
        case GrantStanding::well_trusted:
            break;
    }
    return "well-trusted";
}

GrantStanding standing_of(const GrantChoice& choice, Time now) {
    if (choice.level == GrantLevel::blocked)
        return GrantStanding::blocked;
    if (choice.suspended == GrantChoice::Suspended::yes)
        return GrantStanding::suspended;
    return faded(choice, now);
}

Time next_fade(const GrantChoice& choice, Time now) {
    if (choice.level == GrantLevel::blocked)
        return Time::max();
    if (choice.until)
        return *choice.until > now ? *choice.until : Time::max();
    const int steps = choice.level == GrantLevel::well_trusted ? 2 : 1;
    for (int step = 1; step <= steps; ++step)
        if (const Time at = choice.engaged + step * kGrantFade; at > now)
            return at;
    return Time::max();
}

BucketTerms terms_of(GrantBucket bucket, GrantStanding standing) {
    const bool own_word =
        standing != GrantStanding::dormant && standing != GrantStanding::introduced;
    switch (bucket) {
        case GrantBucket::mail:
            return standing == GrantStanding::well_trusted ? kWellTrustedMail : kKnownMail;
        case GrantBucket::introductions:
            return own_word ? kIntroductions : kNothing;
        case GrantBucket::vouches:
            break;
    }
    return own_word ? kVouches : kNothing;
}

}  // namespace kith
