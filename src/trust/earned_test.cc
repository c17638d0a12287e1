#include "trust/earned.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace kith {
namespace {

constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));

TEST(Earned, is_half_after_fourteen_days_and_gone_in_the_end) {
    const Earned earned(Credit::whole(8), kStart);
    EXPECT_EQ(earned.at(kStart), Credit::whole(8));
    EXPECT_EQ(earned.at(kStart + 14 * kDay), Credit::whole(4));
    EXPECT_EQ(earned.at(kStart + 42 * kDay), Credit::whole(1));
    EXPECT_EQ(earned.at(kStart + 4000 * kDay), Credit());
    EXPECT_EQ(earned.at(*parse_time("9999-12-31T23:59:59Z")), Credit());
}

TEST(Earned, is_as_near_to_the_true_curve_as_said) {
    const Earned earned(kMostEarned, kStart);
    for (std::int64_t hour = 0; hour < 24 * 60; ++hour) {
        const double exact = static_cast<double>(kMostEarned.units()) *
                             std::exp2(-static_cast<double>(hour) / (24 * 14));
        const auto ours = static_cast<double>(earned.at(kStart + Seconds(hour * 3600)).units());
        ASSERT_GT(ours, exact - 1.1) << hour;
        ASSERT_LT(ours, exact * 1.00031) << hour;
    }
}

TEST(Earned, refills_at_the_rate_of_the_rule) {
    // 2·ln2/14·E a day, at the beginning of a long stretch.
    const Earned earned(Credit::whole(100), kStart);
    const double rate = 2 * std::numbers::ln2 / 14 * 100;
    const auto day = static_cast<double>(earned.refill(kStart, kStart + kDay).units()) /
                     static_cast<double>(Credit::kUnits);
    EXPECT_NEAR(day, rate, rate * 0.03);
}

TEST(Earned, fills_a_bucket_no_faster_than_sixteen_a_day) {
    const Earned earned(Credit::whole(100'000), kStart);
    EXPECT_EQ(earned.amount(), kMostEarned);
    EXPECT_LE(earned.refill(kStart, kStart + kDay), Credit::whole(16));
    EXPECT_GE(earned.refill(kStart, kStart + kDay), Credit::tenths(155));
}

TEST(Earned, clock_set_back_changes_nothing) {
    Earned earned(Credit::whole(3), kStart);
    EXPECT_EQ(earned.at(kStart - 100 * kDay), Credit::whole(3));
    EXPECT_EQ(earned.refill(kStart, kStart - kDay), Credit());
    earned.add(kOneCredit, kStart - kDay);
    EXPECT_EQ(earned, Earned(Credit::whole(4), kStart));
}

// The heart of the bound: each credit earned refills two, in whatever steps one looks.
TEST(EarnedProperty, gives_twice_what_was_earned_and_never_more) {
    std::mt19937_64 draw(3);
    for (int run = 0; run < 300; ++run) {
        Time now = kStart;
        Credit start = Credit::of_units(static_cast<std::int64_t>(draw() % 100'000'000));
        Earned earned(start, now);
        Credit given;
        Credit added;
        for (int step = 0; step < 100; ++step) {
            const Time before = now;
            now += Seconds(draw() % (draw() % 2 == 0 ? 100 : 400'000));
            given += earned.refill(before, now);
            if (draw() % 8 == 0) {
                earned.add(kOneCredit, now);
                added += kOneCredit;
            }
            ASSERT_LE(given, (start + added) * 2);
        }
        const Time end = now + 4000 * kDay;
        const Credit all = given + earned.refill(now, end);
        if (start + added <= kMostEarned)
            ASSERT_LE((start + added) * 2 - all, Credit::of_units(2 * 100)) << "a unit a step";
        ASSERT_LE(all, (start + added) * 2);
    }
}

TEST(EarnedProperty, falls_second_by_second) {
    std::mt19937_64 draw(4);
    for (int run = 0; run < 200; ++run) {
        const Earned earned(Credit::of_units(static_cast<std::int64_t>(draw() % 1000)), kStart);
        Time now = kStart + Seconds(draw() % 2'000'000);
        for (int step = 0; step < 500; ++step, now += Seconds(1))
            ASSERT_GE(earned.at(now), earned.at(now + Seconds(1)));
    }
    const Earned large(kMostEarned, kStart);
    for (Time now = kStart + 13 * kDay; now < kStart + 15 * kDay; now += Seconds(1))
        ASSERT_GE(large.at(now), large.at(now + Seconds(1)));
}

}  // namespace
}  // namespace kith
