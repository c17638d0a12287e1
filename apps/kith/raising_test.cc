#include "kith/raising.h"

#include <gtest/gtest.h>

#include "note/stamp.h"

namespace kith {
namespace {

using Step = RaisePlan::Step;
constexpr Time kNow{Seconds(1'790'000'000)};

class Raising : public ::testing::Test {
  protected:
    std::string state_ = "held";
    std::uint64_t paid_ = 1'500;
    std::uint64_t price_ = 1'500;
    std::string expires_ = format_time(kNow + std::chrono::days(10));
    bool shown_ = false;
    Time asked_ = kNow - std::chrono::hours(30);
    RaiseWish daily_;
    RaiseWish now_{.when = RaiseWish::When::now};

    RaisePlan plan(const RaiseWish& wish) const {
        const Stamp stamp{.puzzle = "equihash-96-5",
                          .effort = paid_,
                          .seed = std::string(32, 'a'),
                          .solution = {1}};
        json::object answer{{"status", 202}};
        if (!expires_.empty()) {
            answer["expires"] = expires_;
            answer["shown"] = shown_;
        }
        json::object evidence{{"stamp", nullptr}};
        if (paid_ != 0)
            evidence["stamp"] = write_stamp(stamp);
        json::object row{{"address", "bob@two.test"},
                         {"state", state_},
                         {"time", format_time(asked_)},
                         {"answer", answer},
                         {"evidence", evidence}};
        row["effort"] = price_ == 0 ? json::value(nullptr) : json::value(price_);
        return plan_raise(row, wish, kNow);
    }
};

TEST_F(Raising, what_waits_is_asked_after_once_a_day_before_anything_is_paid) {
    EXPECT_EQ(plan(daily_).step, Step::ask);
    asked_ = kNow - std::chrono::hours(23);
    EXPECT_EQ(plan(daily_).step, Step::wait);
}

TEST_F(Raising, the_effort_is_doubled_and_never_below_the_price) {
    EXPECT_EQ(plan(now_).step, Step::raise);
    EXPECT_EQ(plan(now_).paid, 1'500U);
    EXPECT_EQ(plan(now_).effort, 3'000U);
    price_ = 5'000;
    EXPECT_EQ(plan(now_).effort, 5'000U);
}

TEST_F(Raising, nobody_pays_more_than_the_limit) {
    paid_ = 30'000;
    EXPECT_EQ(plan(now_).step, Step::raise);
    EXPECT_EQ(plan(now_).effort, 48'000U);
    paid_ = 48'000;
    EXPECT_EQ(plan(now_).step, Step::at_most);
    paid_ = 1'500;
    price_ = 50'000;
    EXPECT_EQ(plan(now_).step, Step::at_most) << "less than the price is worth nothing";
}

TEST_F(Raising, what_had_its_day_or_is_kept_no_longer_is_left_alone) {
    shown_ = true;
    EXPECT_EQ(plan(daily_).step, Step::settled);
    EXPECT_EQ(plan(now_).step, Step::settled);
    shown_ = false;
    expires_ = format_time(kNow);
    EXPECT_EQ(plan(daily_).step, Step::expired);
}

TEST_F(Raising, only_what_is_held_for_a_stamp_is_raised) {
    paid_ = 0;
    EXPECT_EQ(plan(now_).step, Step::none);
    paid_ = 1'500;
    for (const char* state : {"delivered", "refused", "failed", "needs-stamp", "queued"}) {
        state_ = state;
        EXPECT_EQ(plan(now_).step, Step::none) << state;
    }
}

TEST_F(Raising, a_server_that_says_nothing_of_what_it_holds_is_asked_and_not_paid) {
    expires_.clear();
    price_ = 0;
    EXPECT_EQ(plan(daily_).step, Step::ask);
    EXPECT_EQ(plan(now_).step, Step::ask);
    expires_ = format_time(kNow + Seconds(60));
    EXPECT_EQ(plan(now_).step, Step::ask) << "the price is not known";
}

}  // namespace
}  // namespace kith
