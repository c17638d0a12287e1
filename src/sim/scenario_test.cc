// The bound, held by the rules as they are under every attacker, and broken by rules that are not.
#include "sim/scenario.h"

#include <gtest/gtest.h>

#include "sim/generators.h"

namespace kith::sim {
namespace {

const Rulebook& rules() {
    static const Rulebook rulebook;
    return rulebook;
}

Graph small_world() {
    return *make_holme_kim(1500, 5, 0.6, Draw(11));
}

ScenarioOptions options_for(Attacker attacker) {
    ScenarioOptions options;
    options.warm_up_days = 4;
    options.days = 5;
    options.attack.kind = attacker;
    options.attack.hacked = 0.02;
    options.attack.domain_people = 10;
    return options;
}

class Attackers : public testing::TestWithParam<int> {};

TEST_P(Attackers, KeepWithinTheBoundAtEveryGrantAndAccount) {
    const auto attacker = static_cast<Attacker>(GetParam());
    const Graph graph = small_world();
    const ScenarioResult result = run_scenario(graph, rules(), options_for(attacker));
    EXPECT_TRUE(result.breaches.empty()) << name_of(attacker);
    EXPECT_GT(result.wanted.full(), 10'000U);
    const bool sends = attacker != Attacker::none && attacker != Attacker::false_reporters;
    EXPECT_EQ(result.unwanted.full() > 0, sends);
    EXPECT_EQ(result.checks > 100, sends);
    EXPECT_LE(result.share_of_bound.most, 1);
}

INSTANTIATE_TEST_SUITE_P(All, Attackers, testing::Range(0, kAttackers), [](const auto& each) {
    std::string name(name_of(static_cast<Attacker>(each.param)));
    std::erase(name, '-');
    return name;
});

TEST(Faults, RefundOnSilenceBreaksTheBound) {
    const Graph graph = small_world();
    ScenarioOptions options = options_for(Attacker::greedy);
    options.attack.notice_hours = 1000;
    options.traffic.complaints = 0;
    options.days = 14;
    EXPECT_TRUE(run_scenario(graph, rules(), options).breaches.empty());
    options.fault = Fault::refund_on_silence;
    EXPECT_FALSE(run_scenario(graph, rules(), options).breaches.empty());
}

TEST(Faults, VouchesWithoutAMeterBreakTheBound) {
    const Graph graph = small_world();
    ScenarioOptions options = options_for(Attacker::greedy);
    options.fault = Fault::no_vouch_meter;
    EXPECT_FALSE(run_scenario(graph, rules(), options).breaches.empty());
}

TEST(Scenario, IsTheSameForTheSameSeed) {
    const Graph graph = small_world();
    ScenarioOptions options = options_for(Attacker::worm);
    const ScenarioResult one = run_scenario(graph, rules(), options);
    const ScenarioResult same = run_scenario(graph, rules(), options);
    EXPECT_EQ(one.wanted.all(), same.wanted.all());
    EXPECT_EQ(one.unwanted.all(), same.unwanted.all());
    EXPECT_EQ(one.per_account.most, same.per_account.most);
    options.seed = 2;
    EXPECT_NE(run_scenario(graph, rules(), options).wanted.all(), one.wanted.all());
}

TEST(Scenario, MadeUpPeopleReachNoMoreThanTheWordOfThoseWhoVouch) {
    const Graph graph = small_world();
    const ScenarioResult result = run_scenario(graph, rules(), options_for(Attacker::sybils));
    // Every message of theirs came from another made-up person.
    EXPECT_GT(result.unwanted.introduced, result.accounts);
    EXPECT_LE(result.share_of_bound.most, 1);
}

TEST(Scenario, OwnersAndComplaintsContainAThief) {
    const Graph graph = small_world();
    const ScenarioResult result = run_scenario(graph, rules(), options_for(Attacker::greedy));
    EXPECT_EQ(result.contained, result.accounts);
    EXPECT_LE(result.contained_hours.most, 48);
    EXPECT_LT(result.contained_hours.median, 48) << "the quorum is faster than the owners";
}

TEST(Scenario, LosesNoMailBetweenContacts) {
    const Graph graph = small_world();
    const ScenarioResult result = run_scenario(graph, rules(), options_for(Attacker::none));
    EXPECT_EQ(result.wanted.lost, 0U);
    EXPECT_LT(result.wanted.batched * 20, result.wanted.full());
    EXPECT_LT(result.wanted.priced * 50, result.wanted.full());
}

}  // namespace
}  // namespace kith::sim
