#include "trust/fan_out_breaker.h"

#include <gtest/gtest.h>

#include <random>

namespace kith {
namespace {

using Answer = FanOutBreaker::Answer;
constexpr Seconds kHour = std::chrono::hours{1};
constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(20'000 * kDay);

std::uint64_t send_all(FanOutBreaker& breaker, Time now) {
    std::uint64_t sent = 0;
    while (breaker.take(1, now) == Answer::pass)
        ++sent;
    return sent;
}

TEST(FanOutBreaker, lets_twenty_an_hour_pass) {
    FanOutBreaker breaker;
    EXPECT_EQ(breaker.limit(kStart), 20U);
    EXPECT_EQ(send_all(breaker, kStart), 20U);
    EXPECT_EQ(send_all(breaker, kStart + kHour - Seconds(1)), 0U);
    EXPECT_EQ(send_all(breaker, kStart + 2 * kHour), 20U);
}

TEST(FanOutBreaker, lets_pass_what_a_server_sets_as_the_least) {
    FanOutBreaker breaker;
    EXPECT_EQ(breaker.take(100, kStart, 100), Answer::pass);
    EXPECT_EQ(breaker.take(1, kStart, 100), Answer::step_up);
    EXPECT_EQ(breaker.limit(kStart, 3), 3U);
    EXPECT_EQ(breaker.left(kStart, 200), 100U);
}

TEST(FanOutBreaker, turn_of_the_hour_is_no_opportunity) {
    FanOutBreaker breaker;
    EXPECT_EQ(send_all(breaker, kStart + kHour - Seconds(1)), 20U);
    EXPECT_EQ(send_all(breaker, kStart + kHour), 0U);
    EXPECT_EQ(send_all(breaker, kStart + kHour + kHour / 2), 10U);
}

TEST(FanOutBreaker, message_to_more_than_are_left_passes_whole_or_not) {
    FanOutBreaker breaker;
    EXPECT_EQ(breaker.take(21, kStart), Answer::step_up);
    EXPECT_EQ(breaker.left(kStart), 20U) << "and is not counted";
    EXPECT_EQ(breaker.take(20, kStart), Answer::pass);
}

TEST(FanOutBreaker, device_confirms_what_is_beyond) {
    FanOutBreaker breaker;
    EXPECT_EQ(breaker.take(200, kStart), Answer::step_up);
    breaker.confirm(200, kStart);
    EXPECT_EQ(breaker.take(200, kStart), Answer::pass);
    EXPECT_EQ(breaker.left(kStart), 20U);
    EXPECT_EQ(breaker.left(kStart + 2 * kHour), 20U) << "for that hour alone";
    EXPECT_EQ(breaker.left(kStart + kHour + kHour / 2), 10U) << "and is not held against the next";
}

TEST(FanOutBreaker, who_writes_to_many_all_the_time_may) {
    FanOutBreaker breaker;
    Time now = kStart;
    for (int hour = 0; hour < 34; ++hour, now += 5 * kHour) {
        EXPECT_EQ(breaker.limit(now), 20U);
        breaker.confirm(50, now);
        EXPECT_EQ(breaker.take(50, now), Answer::pass);
    }
    EXPECT_EQ(breaker.limit(now), 150U) << "34 of 672 hours: the 95th percentile";
    EXPECT_EQ(breaker.limit(kStart + 29 * kDay), 20U) << "of the last 28 days";
}

TEST(FanOutBreaker, one_burst_a_week_stays_unusual) {
    FanOutBreaker breaker;
    for (int week = 0; week < 4; ++week) {
        breaker.confirm(500, kStart + 7 * week * kDay);
        ASSERT_EQ(breaker.take(500, kStart + 7 * week * kDay), Answer::pass);
    }
    EXPECT_EQ(breaker.limit(kStart + 27 * kDay), 20U);
}

TEST(FanOutBreaker, thief_who_takes_all_he_can_does_not_get_far_in_a_day) {
    FanOutBreaker breaker;
    std::uint64_t sent = 0;
    for (Time now = kStart; now < kStart + kDay; now += Seconds(60))
        sent += send_all(breaker, now);
    EXPECT_LE(sent, 24U * 20 + 20);
    EXPECT_EQ(breaker.limit(kStart + kDay), 20U);
}

TEST(FanOutBreaker, clock_set_back_stays_in_its_hour) {
    FanOutBreaker breaker;
    EXPECT_EQ(send_all(breaker, kStart), 20U);
    for (int i = 1; i < 100; ++i)
        EXPECT_EQ(send_all(breaker, kStart - i * kHour), 0U);
    EXPECT_EQ(send_all(breaker, kStart + 2 * kHour), 20U);
}

TEST(FanOutBreaker, record_parses_back) {
    FanOutBreaker breaker;
    breaker.take(3, kStart);
    breaker.take(4, kStart + 5 * kHour);
    breaker.confirm(7, kStart + 5 * kHour);
    EXPECT_EQ(write_fan_out(breaker), "1 480005 7 480000 3 480005 4");
    EXPECT_EQ(*parse_fan_out(write_fan_out(breaker)), breaker);
    EXPECT_EQ(*parse_fan_out(write_fan_out({})), FanOutBreaker{});
    for (const auto& [text, field] : {std::pair("1 x 0", "hour"),
                                      std::pair("1 0", "confirmed"),
                                      std::pair("1 9 0 8", "recipients"),
                                      std::pair("1 9 0 8 0", "recipients"),
                                      std::pair("1 9 0 8 1 8 1", "recipients"),
                                      std::pair("1 9 0 10 1", "recipients"),
                                      std::pair("1 1000 0 1 1", "recipients")}) {
        const auto read = parse_fan_out(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().where, std::string("fan-out: ") + field);
    }
}

// With a clock that jumps as it likes, and restarts between any two calls.
TEST(FanOutBreakerProperty, passes_no_more_than_the_limit_in_any_hour_of_the_clock) {
    std::mt19937_64 draw(9);
    for (int run = 0; run < 8; ++run) {
        FanOutBreaker breaker;
        Time now = kStart;
        Time latest;
        std::map<std::int64_t, std::uint64_t> passed;
        for (int step = 0; step < 1'500; ++step) {
            now += Seconds(static_cast<std::int64_t>(draw() % 4'000) - 1'000);
            latest = std::max(latest, now);
            const std::uint64_t limit = breaker.limit(now);
            const std::uint64_t recipients = 1 + draw() % 12;
            const std::int64_t hour = latest.time_since_epoch() / kHour;
            if (breaker.take(recipients, now) == Answer::pass)
                passed[hour] += recipients;
            ASSERT_LE(passed[hour], limit);
            breaker = *parse_fan_out(write_fan_out(breaker));
        }
    }
}

}  // namespace
}  // namespace kith
