// What a grant is worth at a time. A grant that nobody lives up to fades: 400 days without the
// grantor's engagement make a well-trusted contact a known one, and a known one dormant, which is a
// stranger whose price is nothing. An introduction makes known for a while; it is no grant of one's
// own, so nobody stands for others on it, and no path is ever longer than two grants.
#pragma once

#include <optional>

#include "trust/bucket.h"
#include "trust/decision.h"

namespace kith {

inline constexpr Seconds kGrantFade = std::chrono::days{400};
inline constexpr Seconds kIntroductionLife = std::chrono::days{30};

/// What a person has decided about a contact, and when they last showed that they meant it.
struct GrantChoice {
    GrantLevel level = GrantLevel::known;
    Time engaged;  ///< making the grant counts as engagement
    std::optional<Time> until =
        std::nullopt;  ///< an introduction, nobody's own choice yet: good until then
    enum class Suspended { no, yes } suspended = Suspended::no;  ///< "looks hacked"

    friend bool operator==(const GrantChoice&, const GrantChoice&) = default;
};

enum class GrantStanding { blocked, suspended, dormant, introduced, known, well_trusted };
std::string_view name_of(GrantStanding standing);  ///< "well-trusted"

GrantStanding standing_of(const GrantChoice& choice, Time now);
/// When the standing changes next by time alone, strictly after `now`; Time::max() for never.
Time next_fade(const GrantChoice& choice, Time now);

/// The three meters of a grant x→y, all in x's server.
enum class GrantBucket {
    mail,           ///< D: y's mail to x that x has not answered
    introductions,  ///< I: strangers whom x hears on y's word
    vouches,        ///< V: vouches that x gives for y towards others
};

/// Caps and refills by standing, before what outcomes take off them.
BucketTerms terms_of(GrantBucket bucket, GrantStanding standing);
/// The most that D refills, earned or not.
inline constexpr CreditRate kFastestMail = CreditRate::tenths_a_day(160);

}  // namespace kith
