// Strangers at one server: what honest ones pay, and what money buys.
#include "sim/market.h"

#include <gtest/gtest.h>

namespace kith::sim {
namespace {

MarketOptions small_market() {
    MarketOptions options;
    options.people = 40;
    options.days = 30;
    options.honest_domains = 60;
    return options;
}

TEST(Market, ShowsEverybodyAtOnceInQuietTimes) {
    const MarketResult result = run_market(small_market());
    EXPECT_GT(result.honest_sent, 200U);
    EXPECT_GT(result.honest_shown_share(), 0.95);
    EXPECT_LT(result.honest_wait_days.median, 1);
    EXPECT_EQ(result.unwanted_shown, 0U);
}

TEST(Market, ShowsAnAttackerNoMoreThanItsDomainsAllow) {
    MarketOptions options = small_market();
    options.core_seconds_a_day = 1e9;
    options.bought_domains = 20;
    const MarketResult result = run_market(options);
    EXPECT_GT(result.unwanted_held, result.unwanted_shown);
    // One of each domain in thirty days, whatever it works.
    EXPECT_LE(result.unwanted_shown, std::uint64_t{options.people} * options.bought_domains);
    EXPECT_GT(result.honest_shown_share(), 0.9);
}

TEST(Market, ShowsNobodyMoreThanTenADayHoweverManyDomainsAreBought) {
    MarketOptions options = small_market();
    options.core_seconds_a_day = 1e9;
    options.bought_domains = 5000;
    const MarketResult result = run_market(options);
    EXPECT_LE(result.unwanted_a_person_day(), 10);
    EXPECT_GT(result.unwanted_a_person_day(), 1);
    EXPECT_GT(result.honest_shown_share(), 0.4) << "earned credit has slots of its own";
}

TEST(Market, IsTheSameForTheSameSeed) {
    MarketOptions options = small_market();
    options.bought_domains = 30;
    EXPECT_EQ(run_market(options).unwanted_shown, run_market(options).unwanted_shown);
}

}  // namespace
}  // namespace kith::sim
