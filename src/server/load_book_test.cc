#include "server/load_book.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

const LoadBook::Moment kNoon{std::chrono::hours(12)};

DeliveryEvent event(int status, const std::string& peer, const std::string& network) {
    DeliveryEvent made;
    made.status = status;
    made.peer = peer;
    made.network = network;
    return made;
}

TEST(LoadBook, counts_what_became_of_deliveries_by_domain_and_by_network) {
    LoadBook book;
    for (const int status : {201, 201, 202, 402})
        book.add(event(status, "one.test", "192.0.2.1"), kNoon);
    book.add(event(201, "two.test", "192.0.2.2"), kNoon);
    const auto report = book.report(10, kNoon);
    ASSERT_EQ(report.domains.size(), 2U);
    EXPECT_EQ(report.domains[0].name, "one.test") << "the busiest first";
    EXPECT_EQ(report.domains[0].tally.taken, 2U);
    EXPECT_EQ(report.domains[0].tally.held, 1U);
    EXPECT_EQ(report.domains[0].tally.asked, 1U);
    EXPECT_EQ(report.networks[0].name, "192.0.2.1");
    EXPECT_EQ(book.report(1, kNoon).networks.size(), 1U);
}

TEST(LoadBook, what_is_forged_in_a_domains_name_is_in_the_row_of_its_network) {
    LoadBook book;
    book.add(event(403, "one.test", "192.0.2.66"), kNoon);
    const auto report = book.report(10, kNoon);
    EXPECT_TRUE(report.domains.empty());
    EXPECT_EQ(report.networks.at(0).tally.refused, 1U);
}

TEST(LoadBook, what_was_turned_away_is_counted_by_reason_for_the_minute_and_since_the_start) {
    LoadBook book;
    auto away = event(429, "", "192.0.2.66");
    away.shed = "faults";
    book.add(away, kNoon);
    book.add_shed("calls", "192.0.2.66", kNoon + Seconds(70));
    book.add(away, kNoon + Seconds(70));
    const auto report = book.report(10, kNoon + Seconds(70));
    ASSERT_EQ(report.shed.size(), 2U);
    EXPECT_EQ(report.shed[1].reason, "faults");
    EXPECT_EQ(report.shed[1].lately, 1U);
    EXPECT_EQ(report.shed[1].since_start, 2U);
    EXPECT_EQ(report.networks.at(0).tally.shed, 2U);
}

TEST(LoadBook, a_quiet_minute_is_empty) {
    LoadBook book;
    book.add(event(201, "one.test", "192.0.2.1"), kNoon);
    EXPECT_EQ(book.report(10, kNoon + Seconds(49)).domains.size(), 1U);
    EXPECT_TRUE(book.report(10, kNoon + Seconds(61)).domains.empty());
}

TEST(LoadBook, forgets_the_row_longest_quiet_when_it_is_full) {
    LoadBook book(2);
    for (const char* network : {"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"})
        book.add(event(400, "", network), kNoon);
    const auto report = book.report(10, kNoon);
    ASSERT_EQ(report.networks.size(), 2U);
    EXPECT_EQ(report.networks[0].name, "192.0.2.1");
    EXPECT_EQ(report.networks[1].name, "192.0.2.3");
}

}  // namespace
}  // namespace kith
