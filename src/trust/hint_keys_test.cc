#include "trust/hint_keys.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

constexpr Time kStart = Time(Seconds(1'790'000'000));
constexpr Seconds kWeek{7 * 86'400};

class WeeklyKeys : public ::testing::Test {
  protected:
    Bytes secret = Bytes(32, 7);
    Hash carol = sha256("carol");
};

TEST_F(WeeklyKeys, handed_out_at_different_times_are_the_same_for_the_same_week) {
    const auto today = weekly_keys(secret, carol, kStart);
    ASSERT_EQ(today.size(), 4U);
    const auto later = weekly_keys(secret, carol, kStart + 2 * kWeek);
    EXPECT_EQ(hex(key_of_week(today, later.front().week)->view()), hex(later.front().key.view()));
    EXPECT_NE(hex(today[0].key.view()), hex(today[1].key.view()));
    EXPECT_FALSE(key_of_week(later, today.front().week)) << "what is over is not handed out";
}

TEST_F(WeeklyKeys, are_of_one_introducer_and_one_server) {
    const auto own = weekly_keys(secret, carol, kStart);
    EXPECT_NE(hex(weekly_keys(secret, sha256("dave"), kStart).front().key.view()),
              hex(own.front().key.view()));
    EXPECT_NE(hex(weekly_keys(Bytes(32, 8), carol, kStart).front().key.view()),
              hex(own.front().key.view()));
}

TEST_F(WeeklyKeys, come_from_another_introducer_key_every_four_weeks) {
    const auto at = [&](std::int64_t week) {
        return hex(introducer_key_of(secret, carol, week).view());
    };
    EXPECT_EQ(at(2960), at(2963));
    EXPECT_NE(at(2963), at(2964));
}

TEST_F(WeeklyKeys, text_parses_back_and_has_one_form) {
    const std::string text = write_weekly_keys(weekly_keys(secret, carol, kStart));
    const auto parsed = parse_weekly_keys(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(write_weekly_keys(*parsed), text);
    const std::string key(32, 'a');
    for (const std::string& bad : {std::string(),
                                   "1 " + key,
                                   "1 " + key.substr(1) + "\n",
                                   "1 " + key + "\n1 " + key + "\n",
                                   "2 " + key + "\n1 " + key + "\n",
                                   "01 " + key + "\n",
                                   "-1 " + key + "\n",
                                   "1 " + std::string(32, 'A') + "\n",
                                   "1 " + key + "\n\n",
                                   "1" + key + "\n"})
        EXPECT_FALSE(parse_weekly_keys(bad)) << bad;
    EXPECT_EQ(parse_weekly_keys(std::string(513, '\n')).error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith
