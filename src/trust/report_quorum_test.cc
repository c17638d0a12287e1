#include "trust/report_quorum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace kith {
namespace {

using Heard = ReportQuorum::Heard;
constexpr Seconds kHour = std::chrono::hours{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));

Hash person(int number) {
    return sha256("person " + std::to_string(number));
}

TEST(ReportQuorum, needs_three_people_or_two_per_cent) {
    for (const auto& [grantors, needed] : {std::pair(0UL, 3UL),
                                           std::pair(100UL, 3UL),
                                           std::pair(150UL, 3UL),
                                           std::pair(151UL, 4UL),
                                           std::pair(1000UL, 20UL),
                                           std::pair(100'000'000UL, 10'000UL)})
        EXPECT_EQ(ReportQuorum::needed(grantors), needed);
}

TEST(ReportQuorum, counts_people_not_reports) {
    ReportQuorum quorum;
    EXPECT_EQ(quorum.report(person(1), kStart), Heard::counted);
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(quorum.report(person(1), kStart), Heard::again);
    EXPECT_EQ(quorum.report(person(1), kStart), Heard::too_many) << "five a day";
    EXPECT_EQ(quorum.distinct(kStart), 1U);
    EXPECT_FALSE(quorum.is_challenged(10, kStart));
    quorum.report(person(2), kStart);
    quorum.report(person(3), kStart);
    EXPECT_TRUE(quorum.is_challenged(10, kStart));
    EXPECT_FALSE(quorum.is_challenged(200, kStart)) << "of 200 it takes four";
}

TEST(ReportQuorum, forgets_after_72_hours) {
    ReportQuorum quorum;
    for (int i = 0; i < 3; ++i)
        quorum.report(person(i), kStart + i * 24 * kHour);
    EXPECT_EQ(quorum.distinct(kStart + 72 * kHour - Seconds(1)), 3U);
    EXPECT_EQ(quorum.distinct(kStart + 72 * kHour), 2U);
    EXPECT_FALSE(quorum.is_challenged(10, kStart + 72 * kHour));
    EXPECT_EQ(quorum.report(person(0), kStart + 72 * kHour), Heard::counted);
    EXPECT_TRUE(quorum.is_challenged(10, kStart + 72 * kHour));
}

TEST(ReportQuorum, challenge_that_was_met_is_over) {
    ReportQuorum quorum;
    for (int i = 0; i < 5; ++i)
        for (int said = 0; said < 5; ++said)
            quorum.report(person(i), kStart);
    ASSERT_TRUE(quorum.is_challenged(10, kStart));
    quorum.clear(kStart + kHour);
    EXPECT_FALSE(quorum.is_challenged(10, kStart + kHour));
    EXPECT_EQ(quorum.report(person(0), kStart + kHour), Heard::too_many)
        << "but nobody gets another five";
    EXPECT_EQ(quorum.report(person(0), kStart + 24 * kHour), Heard::counted);
    EXPECT_EQ(quorum.distinct(kStart + 24 * kHour), 1U);
}

TEST(ReportQuorum, clock_set_back_gives_nobody_another_five) {
    ReportQuorum quorum;
    for (int i = 0; i < 5; ++i)
        quorum.report(person(1), kStart);
    EXPECT_EQ(quorum.report(person(1), kStart - 100 * kHour), Heard::too_many);
    EXPECT_EQ(quorum.distinct(kStart - 100 * kHour), 1U);
}

TEST(ReportQuorum, is_bounded) {
    ReportQuorum quorum;
    for (int i = 0; i < 10'000; ++i)
        ASSERT_EQ(quorum.report(person(i), kStart), Heard::counted);
    EXPECT_EQ(quorum.report(person(10'000), kStart), Heard::too_many);
    EXPECT_TRUE(quorum.is_challenged(UINT64_MAX, kStart)) << "that many make any quorum";
    EXPECT_EQ(*parse_report_quorum(write_report_quorum(quorum)), quorum);
}

TEST(ReportQuorum, record_parses_back) {
    ReportQuorum quorum;
    quorum.report(person(1), kStart);
    quorum.clear(kStart);
    quorum.report(person(2), kStart + kHour);
    const std::string text = write_report_quorum(quorum);
    EXPECT_EQ(*parse_report_quorum(text), quorum);
    EXPECT_EQ(*parse_report_quorum(write_report_quorum({})), ReportQuorum{});
    const std::string one = "00112233445566778899aabbccddeeff";
    using Case = std::pair<std::string, const char*>;
    for (const auto& [bad, field] : {Case("1 x", "at"),
                                     Case("1 0 xx 0 0 0 0", "reporter"),
                                     Case("1 0 " + one + " 0 0 6 0", "said"),
                                     Case("1 0 " + one + " 0 0 5 2", "counts"),
                                     Case("1 0 " + one + " 0", "day"),
                                     Case(text + " " + one + " 0 0 0 0", "reporter")}) {
        const auto read = parse_report_quorum(bad);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().where, std::string("report quorum: ") + field);
    }
}

// Against counting it all: distinct people within 72 hours, at most five a day of each.
TEST(ReportQuorumProperty, counts_as_one_who_remembers_everything) {
    std::mt19937_64 draw(10);
    for (int run = 0; run < 30; ++run) {
        ReportQuorum quorum;
        Time now = kStart;
        std::map<int, Time> last;
        for (int step = 0; step < 300; ++step) {
            now += Seconds(draw() % 20'000);
            const int who = static_cast<int>(draw() % 8);
            if (quorum.report(person(who), now) != Heard::too_many)
                last[who] = now;
            quorum = *parse_report_quorum(write_report_quorum(quorum));
            const auto within = std::ranges::count_if(
                last, [now](const auto& one) { return now - one.second < kReportWindow; });
            ASSERT_EQ(quorum.distinct(now), static_cast<std::uint64_t>(within));
        }
    }
}

}  // namespace
}  // namespace kith
