// The rules of others, each on a graph small enough to see what they have to say.
#include "sim/baselines.h"

#include <gtest/gtest.h>

#include "sim/baseline_rules.h"
#include "sim/generators.h"

namespace kith::sim {
namespace {

using Mail = BaselineRule::Mail;

Graph graph_of(std::uint64_t people, std::vector<std::pair<Person, Person>> ties) {
    return *Graph::of(people, std::move(ties), Graph::Direction::both);
}

TEST(FriendOfFriend, TakesContactsAndTheirContactsAndNobodyElse) {
    const Graph line = graph_of(4, {{0, 1}, {1, 2}, {2, 3}});
    const auto rule = make_rule(Baseline::friend_of_friend, line, {});
    EXPECT_TRUE(rule->takes(0, 1, Mail::unwanted));
    EXPECT_TRUE(rule->takes(0, 2, Mail::unwanted));
    EXPECT_FALSE(rule->takes(0, 3, Mail::wanted));
}

TEST(WebOfTrust, NeedsThreeMarginalSignaturesOrACompleteOne) {
    // 0 knows 1 to 3; 4 was signed by two of them, 5 by all three.
    const Graph graph =
        graph_of(6, {{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {1, 5}, {2, 5}, {3, 5}});
    BaselineOptions options;
    options.well_trusted = 0;
    const auto marginal = make_rule(Baseline::web_of_trust, graph, options);
    EXPECT_TRUE(marginal->takes(1, 0, Mail::wanted));
    EXPECT_FALSE(marginal->takes(4, 0, Mail::wanted));
    EXPECT_TRUE(marginal->takes(5, 0, Mail::wanted));
    options.well_trusted = 1;
    EXPECT_TRUE(make_rule(Baseline::web_of_trust, graph, options)->takes(4, 0, Mail::wanted));
}

TEST(Ostra, TakesThreeUnwantedALinkAndThenNoMore) {
    const Graph line = graph_of(3, {{0, 1}, {1, 2}});
    const auto rule = make_rule(Baseline::ostra, line, {});
    EXPECT_TRUE(rule->takes(0, 2, Mail::wanted));
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(rule->takes(0, 2, Mail::unwanted));
    EXPECT_FALSE(rule->takes(0, 2, Mail::unwanted));
    EXPECT_FALSE(rule->takes(0, 1, Mail::wanted)) << "those who wanted mail lose, too";
    EXPECT_TRUE(rule->takes(2, 0, Mail::wanted)) << "the other way is open";
}

TEST(ContentFilter, ErrsAsOftenAsItIsSaidTo) {
    const Graph graph = graph_of(2, {{0, 1}});
    BaselineOptions options;
    options.false_negatives = 0.2;
    options.false_positives = 0.05;
    const auto rule = make_rule(Baseline::content_filter, graph, options);
    int missed = 0;
    int lost = 0;
    for (int i = 0; i < 10'000; ++i) {
        missed += rule->takes(0, 1, Mail::unwanted) ? 1 : 0;
        lost += rule->takes(0, 1, Mail::wanted) ? 0 : 1;
    }
    EXPECT_NEAR(missed, 2000, 200);
    EXPECT_NEAR(lost, 500, 100);
}

TEST(Baselines, DifferInWhatTheyStopAndWhatItCosts) {
    const Graph graph = *make_holme_kim(2000, 5, 0.6, Draw(4));
    BaselineOptions options;
    options.samples = 300;
    const auto result = [&](Baseline baseline) { return run_baseline(baseline, graph, options); };
    const BaselineResult none = result(Baseline::none);
    const BaselineResult friends = result(Baseline::friend_of_friend);
    const BaselineResult ostra = result(Baseline::ostra);
    EXPECT_GT(none.per_account.mean, 600);
    EXPECT_EQ(none.lost.strangers, 0);
    EXPECT_LT(friends.per_account.mean, none.per_account.mean);
    EXPECT_EQ(friends.lost.contacts, 0);
    EXPECT_GT(friends.lost.strangers, 0.5);
    EXPECT_LT(ostra.per_account.mean, friends.per_account.mean);
    EXPECT_GT(ostra.lost.contacts, 0);
}

}  // namespace
}  // namespace kith::sim
