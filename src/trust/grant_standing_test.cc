#include "trust/grant_standing.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using enum GrantStanding;
constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));

GrantStanding after(const GrantChoice& choice, std::int64_t days) {
    return standing_of(choice, kStart + days * kDay);
}

TEST(GrantStanding, fades_from_well_trusted_to_known_to_dormant) {
    const GrantChoice choice{.level = GrantLevel::well_trusted, .engaged = kStart};
    EXPECT_EQ(after(choice, 399), well_trusted);
    EXPECT_EQ(after(choice, 400), known);
    EXPECT_EQ(after(choice, 799), known);
    EXPECT_EQ(after(choice, 800), dormant);
    EXPECT_EQ(after(choice, 100'000), dormant);
    const GrantChoice other{.level = GrantLevel::known, .engaged = kStart};
    EXPECT_EQ(after(other, 399), known);
    EXPECT_EQ(after(other, 400), dormant);
}

TEST(GrantStanding, clock_set_back_fades_nothing) {
    const GrantChoice choice{.level = GrantLevel::known, .engaged = kStart};
    EXPECT_EQ(after(choice, -10'000), known);
}

TEST(GrantStanding, blocked_and_suspended_do_not_fade) {
    const GrantChoice blocked_one{.level = GrantLevel::blocked, .engaged = kStart};
    EXPECT_EQ(after(blocked_one, 10'000), blocked);
    EXPECT_EQ(next_fade(blocked_one, kStart), Time::max());
    const GrantChoice hacked{.level = GrantLevel::well_trusted,
                             .engaged = kStart,
                             .suspended = GrantChoice::Suspended::yes};
    EXPECT_EQ(after(hacked, 1), suspended);
}

TEST(GrantStanding, introduction_is_good_until_its_end) {
    const GrantChoice choice{
        .level = GrantLevel::known, .engaged = kStart, .until = kStart + kIntroductionLife};
    EXPECT_EQ(after(choice, 29), introduced);
    EXPECT_EQ(after(choice, 30), dormant);
}

TEST(GrantStanding, next_fade_is_when_the_standing_changes) {
    for (const GrantChoice& choice :
         {GrantChoice{.level = GrantLevel::well_trusted, .engaged = kStart},
          GrantChoice{.level = GrantLevel::known, .engaged = kStart},
          GrantChoice{
              .level = GrantLevel::known, .engaged = kStart, .until = kStart + 30 * kDay}}) {
        Time now = kStart - kDay;
        for (Time next = next_fade(choice, now); next != Time::max();
             next = next_fade(choice, now)) {
            EXPECT_GT(next, now);
            EXPECT_EQ(standing_of(choice, next - Seconds(1)), standing_of(choice, now));
            EXPECT_NE(standing_of(choice, next), standing_of(choice, now));
            now = next;
        }
        EXPECT_EQ(standing_of(choice, now), standing_of(choice, now + 10'000 * kDay));
    }
}

TEST(GrantStanding, only_a_grant_of_ones_own_lets_others_in) {
    for (const GrantStanding standing : {dormant, introduced})
        for (const GrantBucket bucket : {GrantBucket::introductions, GrantBucket::vouches})
            EXPECT_EQ(terms_of(bucket, standing), BucketTerms{});
}

TEST(GrantStanding, terms_are_those_of_the_rule) {
    const auto tenths = [](GrantBucket bucket, GrantStanding standing) {
        const BucketTerms terms = terms_of(bucket, standing);
        return std::pair(terms.cap.units() / Credit::tenths(1).units(),
                         (terms.rate * kDay).units() / Credit::tenths(1).units());
    };
    EXPECT_EQ(tenths(GrantBucket::mail, known), std::pair(60L, 5L));
    EXPECT_EQ(tenths(GrantBucket::mail, well_trusted), std::pair(160L, 10L));
    for (const GrantStanding standing : {known, well_trusted}) {
        EXPECT_EQ(tenths(GrantBucket::introductions, standing), std::pair(30L, 2L));
        EXPECT_EQ(tenths(GrantBucket::vouches, standing), std::pair(50L, 5L));
    }
}

}  // namespace
}  // namespace kith
