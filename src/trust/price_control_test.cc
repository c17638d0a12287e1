#include "trust/price_control.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

class EffortOfStrangers : public ::testing::Test {
  protected:
    void come(std::uint64_t count, std::uint64_t effort) {
        for (std::uint64_t i = 0; i < count; ++i)
            control_.count(effort, now_);
    }
    std::uint64_t after_a_period() {
        now_ += PriceControl::kPeriod;
        return control_.effort(now_);
    }

    PriceControl control_{{.least = 100, .most = 10'000, .many = 10}};
    Time now_ = *parse_time("2026-11-23T10:00:00Z");
};

TEST_F(EffortOfStrangers, is_the_least_while_few_come) {
    come(10, 100);
    EXPECT_EQ(after_a_period(), 100U);
    EXPECT_EQ(after_a_period(), 100U);
}

TEST_F(EffortOfStrangers, rises_to_what_was_paid_shared_among_those_who_are_right) {
    come(30, 100);
    EXPECT_EQ(control_.effort(now_), 100U) << "not within the period";
    EXPECT_EQ(after_a_period(), 300U);
    come(11, 4'000);
    EXPECT_EQ(after_a_period(), 4'400U);
}

TEST_F(EffortOfStrangers, rises_by_one_at_least) {
    come(11, 3'000);
    EXPECT_EQ(after_a_period(), 3'300U);
    come(11, 1);  // for notes that were given out before
    EXPECT_EQ(after_a_period(), 3'301U);
}

TEST_F(EffortOfStrangers, falls_to_two_thirds_in_each_quiet_period_down_to_the_least) {
    come(90, 100);
    EXPECT_EQ(after_a_period(), 900U);
    come(5, 900);
    EXPECT_EQ(after_a_period(), 600U);
    EXPECT_EQ(after_a_period(), 400U);
    now_ += 3 * PriceControl::kPeriod;
    EXPECT_EQ(control_.effort(now_), 118U);
    EXPECT_EQ(after_a_period(), 100U);
}

TEST_F(EffortOfStrangers, stays_in_a_period_that_is_neither_busy_nor_quiet) {
    come(20, 100);
    EXPECT_EQ(after_a_period(), 200U);
    come(6, 200);
    EXPECT_EQ(after_a_period(), 200U);
}

TEST_F(EffortOfStrangers, never_leaves_its_bounds) {
    come(1'000, std::uint64_t{1} << 60);
    EXPECT_EQ(after_a_period(), 10'000U);
    control_.set_bounds({.least = 100, .most = 500, .many = 10});
    EXPECT_EQ(control_.effort(now_), 500U);
    control_.set_bounds({.least = 700, .most = 700, .many = 10});
    EXPECT_EQ(control_.effort(now_), 700U);
}

TEST_F(EffortOfStrangers, a_clock_that_goes_back_or_far_ahead_does_no_harm) {
    come(30, 100);
    now_ -= Seconds(86'400);
    EXPECT_EQ(control_.effort(now_), 100U);
    come(1, 100);
    now_ += Seconds(2 * 86'400);
    EXPECT_EQ(control_.effort(now_), 100U);
    EXPECT_EQ(control_.effort(Time(Seconds(std::int64_t{1} << 50))), 100U);
}

}  // namespace
}  // namespace kith
