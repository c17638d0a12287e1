#include "sim/scenario.h"

#include <algorithm>
#include <numeric>

namespace kith::sim {
namespace {

void pass_hours(Lived& lived, Attack* attack, std::int64_t hours) {
    for (; hours > 0; --hours) {
        if (attack != nullptr)
            attack->run_hour(lived.world, lived.traffic);
        lived.traffic.run_hour(lived.world);
        lived.world.move_to(lived.world.now() + kHour);
    }
}

template <class F>
Spread spread_of(const std::vector<AccountTally>& tallies, F value) {
    std::vector<double> values;
    for (const AccountTally& tally : tallies)
        values.push_back(value(tally));
    return Spread::of(std::move(values));
}

}  // namespace

Spread Spread::of(std::vector<double> values) {
    if (values.empty())
        return {};
    std::ranges::sort(values);
    const auto at = [&values](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return {std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
            at(0.5),
            at(0.99),
            values.back()};
}

Lived live(const Graph& graph, const Rulebook& rules, const ScenarioOptions& options) {
    Lived lived{World(graph, rules, options.well_trusted, options.seed, options.fault),
                Traffic(options.traffic, options.seed)};
    pass_hours(lived, nullptr, options.warm_up_days * kDayHours);
    return lived;
}

ScenarioResult run_attack(Lived lived, const ScenarioOptions& options) {
    const Tally wanted_before = lived.world.wanted();
    const Tally unwanted_before = lived.world.unwanted();
    const std::uint64_t delayed_before = lived.traffic.delayed();
    const std::uint64_t challenged_before = lived.traffic.challenged();
    Attack attack(options.attack, options.seed);
    attack.start(lived.world, lived.traffic);
    pass_hours(lived, &attack, options.days * kDayHours);
    attack.finish(lived.world);

    const World& world = lived.world;
    ScenarioResult result;
    result.attacker = options.attack.kind;
    result.hacked = options.attack.kind == Attacker::none ? 0 : options.attack.hacked;
    result.people = world.graph().people();
    result.grants = world.graph().grants();
    result.days = options.days;
    result.accounts = attack.accounts();
    result.first_accounts = attack.first_accounts();
    result.wanted = world.wanted() - wanted_before;
    result.unwanted = world.unwanted() - unwanted_before;
    result.delayed = lived.traffic.delayed() - delayed_before;
    result.challenged = lived.traffic.challenged() - challenged_before;
    const auto passed = [](const AccountTally& tally) { return static_cast<double>(tally.passed); };
    result.per_account = spread_of(attack.tallies(), passed);
    result.bound = spread_of(attack.tallies(), [](const AccountTally& one) { return one.bound; });
    result.share_of_bound = spread_of(attack.tallies(), [&](const AccountTally& one) {
        return one.bound > 0 ? passed(one) / one.bound : 0;
    });
    result.contained = attack.contained_after().size();
    result.contained_hours = Spread::of(attack.contained_after());
    result.checks = world.cut().checks();
    result.breaches = world.cut().breaches();
    result.messages = world.wanted().all() + world.unwanted().all();
    result.ledgers = world.ledgers().made();
    return result;
}

ScenarioResult run_scenario(const Graph& graph,
                            const Rulebook& rules,
                            const ScenarioOptions& options) {
    return run_attack(live(graph, rules, options), options);
}

}  // namespace kith::sim
