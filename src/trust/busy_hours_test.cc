#include "trust/busy_hours.h"

#include <gtest/gtest.h>

#include <random>

namespace kith {
namespace {

constexpr Seconds kHour = std::chrono::hours{1};
constexpr Time kStart = Time(20'000 * Seconds(std::chrono::days{1}));

TEST(BusyHours, usual_is_what_five_of_a_hundred_hours_reach) {
    BusyHours hours;
    Time now = kStart;
    for (int hour = 0; hour < 33; ++hour, now += kHour)
        hours.add(100 + static_cast<std::uint64_t>(hour), now);
    EXPECT_EQ(hours.usual(now), 0U) << "most hours were silent";
    hours.add(7, now);
    EXPECT_EQ(hours.usual(now), 0U) << "the hour that is not over does not count";
    EXPECT_EQ(hours.usual(now + kHour), 7U);
    EXPECT_EQ(hours.usual(now + 29 * 24 * kHour), 0U) << "and is forgotten";
}

TEST(BusyHours, what_the_last_hour_had_fades_within_this_one) {
    BusyHours hours;
    hours.add(60, kStart);
    EXPECT_EQ(hours.lately(kStart + kHour - Seconds(1)), 60U);
    EXPECT_EQ(hours.lately(kStart + kHour + kHour / 2), 30U);
    EXPECT_EQ(hours.lately(kStart + kHour + kHour / 2, 20), 10U);
    EXPECT_EQ(hours.lately(kStart + 2 * kHour), 0U);
}

TEST(BusyHours, a_clock_that_is_set_back_stays_in_its_hour) {
    BusyHours hours;
    hours.add(5, kStart + kHour);
    hours.add(5, kStart);
    EXPECT_EQ(hours.lately(kStart), 10U);
    EXPECT_FALSE(hours.turn_to(kStart));
}

TEST(BusyHours, come_back_from_the_store_as_they_were) {
    std::mt19937_64 draw(3);
    BusyHours hours;
    Time now = kStart;
    for (int step = 0; step < 2'000; ++step) {
        now += Seconds(draw() % 4'000);
        hours.add(draw() % 50, now);
        if (step % 97 == 0) {
            ASSERT_EQ(*parse_busy_hours(write_busy_hours(hours)), hours);
        }
    }
    for (const char* bad :
         {"", "1", "2 5", "1 5 4", "1 5 4 0", "1 5 6 1", "1 900 4 1", "1 5 4 1 4 1", "1 x"})
        EXPECT_FALSE(parse_busy_hours(bad)) << bad;
}

}  // namespace
}  // namespace kith
