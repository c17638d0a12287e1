#include "trust/requests_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Way = WaitingStub::Way;
using enum RequestSlot;

constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(20'000 * kDay);
const Bytes kSeed(32, 7);

class RequestsView : public ::testing::Test {
  protected:
    void wait(const std::string& id,
              const std::string& domain,
              Way way,
              std::uint64_t effort = 0,
              Time arrived = kStart) {
        waiting_.push_back({id, domain, way, effort, arrived, kStart + 14 * kDay});
    }
    std::string nth_domain(int number) { return "d" + std::to_string(number) + ".test"; }

    /// Chooses, and takes what is shown from what waits.
    std::vector<ChosenRequest> choose(Time now = kStart) {
        const auto chosen = choose_requests(waiting_, shown_, kSeed, now);
        std::set<std::string> ids;
        for (const ChosenRequest& one : chosen)
            ids.insert(one.id);
        std::erase_if(waiting_, [&](const WaitingStub& stub) { return ids.contains(stub.id); });
        return chosen;
    }
    static std::size_t count(const std::vector<ChosenRequest>& chosen, RequestSlot slot) {
        return static_cast<std::size_t>(std::ranges::count(chosen, slot, &ChosenRequest::slot));
    }
    static bool has(const std::vector<ChosenRequest>& chosen, const std::string& id) {
        return std::ranges::find(chosen, id, &ChosenRequest::id) != chosen.end();
    }

    std::vector<WaitingStub> waiting_;
    ShownRequests shown_;
};

TEST_F(RequestsView, shows_five_by_credit_four_by_effort_one_by_lottery) {
    for (int i = 0; i < 20; ++i) {
        wait("credit" + std::to_string(i), "good" + std::to_string(i) + ".test", Way::earned);
        wait(
            "paid" + std::to_string(i), nth_domain(i), Way::paid, 1000U + static_cast<unsigned>(i));
    }
    const auto chosen = choose();
    EXPECT_EQ(chosen.size(), kShownADay);
    EXPECT_EQ(count(chosen, credit), 5U);
    EXPECT_EQ(count(chosen, effort), 4U);
    EXPECT_EQ(count(chosen, lottery), 1U);
    for (const char* dearest : {"paid19", "paid18", "paid17", "paid16"})
        EXPECT_TRUE(has(chosen, dearest)) << dearest;
    EXPECT_THAT(choose(kStart + kDay - Seconds(1)), IsEmpty()) << "no more today";
    EXPECT_EQ(choose(kStart + kDay).size(), kShownADay);
    EXPECT_EQ(waiting_.size(), 20U) << "the rest waits";
}

TEST_F(RequestsView, work_alone_does_not_fill_what_is_seen) {
    for (int i = 0; i < 100; ++i)
        wait("paid" + std::to_string(i), nth_domain(i), Way::paid, 1ULL << 40);
    for (int i = 0; i < 5; ++i)
        wait("small" + std::to_string(i), "small" + std::to_string(i) + ".test", Way::starting);
    wait("cheap", "cheap.test", Way::paid, 1);
    const auto chosen = choose();
    EXPECT_EQ(count(chosen, credit), 5U);
    EXPECT_EQ(count(chosen, effort) + count(chosen, lottery), 5U);
}

TEST_F(RequestsView, unused_slots_go_to_whoever_waits) {
    for (int i = 0; i < 20; ++i)
        wait("paid" + std::to_string(i), nth_domain(i), Way::paid, 1000);
    EXPECT_EQ(choose().size(), kShownADay) << "payers take what credit leaves";
    shown_ = {};
    waiting_.clear();
    for (int i = 0; i < 20; ++i)
        wait("credit" + std::to_string(i), "good.test", Way::earned);
    EXPECT_EQ(choose().size(), kShownADay) << "and the other way";
}

TEST_F(RequestsView, everybody_is_shown_at_once_in_quiet_times) {
    wait("a", "a.test", Way::paid, 1);
    EXPECT_THAT(choose(), ElementsAre(ChosenRequest{"a", effort}));
    wait("b", "b.test", Way::starting);
    EXPECT_THAT(choose(kStart + Seconds(60)), ElementsAre(ChosenRequest{"b", credit}));
}

TEST_F(RequestsView, creditless_domain_is_seen_once_in_thirty_days) {
    for (int i = 0; i < 50; ++i)
        wait("flood" + std::to_string(i), "flood.test", Way::paid, 1ULL << 40);
    for (int i = 0; i < 50; ++i)
        wait("start" + std::to_string(i), "start.test", Way::starting);
    EXPECT_EQ(choose().size(), 2U);
    EXPECT_THAT(choose(kStart + 30 * kDay - Seconds(1)), IsEmpty()) << "all have expired, too";
    wait("again", "flood.test", Way::paid, 1, kStart + 20 * kDay);
    waiting_.back().expires = kStart + 40 * kDay;
    EXPECT_THAT(choose(kStart + 29 * kDay), IsEmpty());
    EXPECT_THAT(choose(kStart + 30 * kDay), ElementsAre(ChosenRequest{"again", effort}));
}

TEST_F(RequestsView, of_a_domain_the_dearest_is_seen) {
    for (int i = 0; i < 9; ++i)
        wait("paid" + std::to_string(i), "one.test", Way::paid, 1000U + static_cast<unsigned>(i));
    EXPECT_THAT(choose(), ElementsAre(ChosenRequest{"paid8", effort}));
}

TEST_F(RequestsView, farm_of_fresh_domains_does_not_displace_one_that_earned) {
    for (int i = 0; i < 1000; ++i)
        wait("farm" + std::to_string(i), nth_domain(i), Way::starting, 0, kStart - kDay);
    wait("honest", "honest.test", Way::earned);
    EXPECT_TRUE(has(choose(), "honest"));
}

TEST_F(RequestsView, large_domain_leaves_room_for_small_ones) {
    for (int i = 0; i < 100; ++i)
        wait("big" + std::to_string(i), "big.test", Way::earned, 0, kStart - kDay);
    for (int i = 0; i < 4; ++i)
        wait("small" + std::to_string(i), "small" + std::to_string(i) + ".test", Way::earned);
    const auto chosen = choose();
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(has(chosen, "small" + std::to_string(i)));
}

TEST_F(RequestsView, ones_own_people_are_beside_the_ten) {
    for (int i = 0; i < 30; ++i) {
        wait("paid" + std::to_string(i), nth_domain(i), Way::paid, 1000);
        wait("own" + std::to_string(i), "friends.test", Way::own);
    }
    const auto chosen = choose();
    EXPECT_EQ(count(chosen, own), 30U);
    EXPECT_EQ(chosen.size(), 30U + kShownADay);
}

TEST_F(RequestsView, lottery_gives_the_cheapest_a_chance) {
    int won = 0;
    for (std::uint8_t day = 0; day < 200; ++day) {
        waiting_.clear();
        for (int i = 0; i < 20; ++i)
            wait("p" + std::to_string(i),
                 nth_domain(i),
                 Way::paid,
                 1000U + static_cast<unsigned>(i));
        for (int i = 0; i < 5; ++i)
            wait("c" + std::to_string(i), "good.test", Way::earned);
        ShownRequests shown;
        const Bytes seed(32, day);
        const auto chosen = choose_requests(waiting_, shown, seed, kStart);
        won += has(chosen, "p0") ? 1 : 0;
    }
    EXPECT_GT(won, 2);
    EXPECT_LT(won, 40) << "1 of 16";
}

TEST_F(RequestsView, clock_set_back_shows_no_more) {
    for (int i = 0; i < 40; ++i)
        wait("paid" + std::to_string(i), nth_domain(i), Way::paid, 1000);
    EXPECT_EQ(choose().size(), kShownADay);
    EXPECT_THAT(choose(kStart - 5 * kDay), IsEmpty());
    EXPECT_THAT(choose(kStart), IsEmpty());
}

TEST_F(RequestsView, record_parses_back) {
    wait("a", "a.test", Way::paid, 1);
    wait("b", "b.test", Way::starting);
    choose();
    EXPECT_EQ(write_shown_requests(shown_), "1 20000 0 1 1 0 a.test 1728000000 b.test 1728000000");
    EXPECT_EQ(*parse_shown_requests(write_shown_requests(shown_)), shown_);
    EXPECT_EQ(*parse_shown_requests(write_shown_requests({})), ShownRequests{});
    for (const auto& [text, field] : {std::pair("1 x 0 0 0 0", "day"),
                                      std::pair("1 0 0 0 0", "today"),
                                      std::pair("1 0 0 0 0 0 A.test 0", "domain"),
                                      std::pair("1 0 0 0 0 0 a.test", "time"),
                                      std::pair("1 0 0 0 0 0 b.test 0 a.test 0", "domain"),
                                      std::pair("1 0 0 0 0 0 a.test 0 a.test 0", "domain")}) {
        const auto read = parse_shown_requests(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().where, std::string("shown requests: ") + field);
    }
}

// Any crowd, day by day: never more than ten strangers, never two of a creditless domain in thirty
// days, no slot empty while somebody may be shown, the same for any order, and nothing lost.
TEST(RequestsViewProperty, holds_its_promises_for_any_crowd) {
    std::mt19937_64 draw(8);
    for (int run = 0; run < 40; ++run) {
        std::vector<WaitingStub> waiting;
        ShownRequests shown;
        std::map<std::string, Time> last;
        const std::uint64_t domains = 1 + draw() % 60;
        for (int day = 0; day < 45; ++day) {
            const Time now = kStart + day * kDay + Seconds(draw() % 80'000);
            for (std::uint64_t i = draw() % 40; i > 0; --i)
                waiting.push_back({std::to_string(draw()),
                                   std::to_string(draw() % domains) + ".test",
                                   static_cast<Way>(draw() % 4),
                                   draw() % 1000,
                                   now - Seconds(draw() % 80'000),
                                   now + Seconds(draw() % 2'000'000)});
            std::ranges::shuffle(waiting, draw);
            ShownRequests again = *parse_shown_requests(write_shown_requests(shown));
            const auto chosen = choose_requests(waiting, shown, kSeed, now);
            std::ranges::shuffle(waiting, draw);
            ASSERT_EQ(choose_requests(waiting, again, kSeed, now), chosen);
            std::size_t strangers = 0;
            for (const ChosenRequest& one : chosen) {
                const auto stub = std::ranges::find(waiting, one.id, &WaitingStub::id);
                ASSERT_NE(stub, waiting.end());
                ASSERT_GE(stub->expires, now);
                strangers += one.slot == own ? 0 : 1;
                ASSERT_EQ(one.slot == own, stub->way == Way::own);
                if (stub->way == Way::starting || stub->way == Way::paid) {
                    const auto [entry, fresh] = last.emplace(stub->domain, now);
                    ASSERT_TRUE(fresh || now - entry->second >= kCreditlessPause);
                    entry->second = now;
                }
                waiting.erase(stub);
            }
            ASSERT_LE(strangers, kShownADay);
            if (strangers == kShownADay)
                continue;
            for (const WaitingStub& stub : waiting) {
                const bool creditless = stub.way == Way::starting || stub.way == Way::paid;
                ASSERT_TRUE(stub.expires < now ||
                            (creditless && now - last.at(stub.domain) < kCreditlessPause))
                    << stub.id;
            }
        }
    }
}

}  // namespace
}  // namespace kith
