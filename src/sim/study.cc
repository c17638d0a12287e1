#include "sim/study.h"

#include <fmt/format.h>

#include "sim/generators.h"

namespace kith::sim {
namespace {

constexpr std::uint32_t kManyLinks = 5;
constexpr double kManyTriads = 0.6;

std::vector<MarketResult> run_markets(const StudyOptions& options) {
    std::vector<MarketResult> out;
    MarketOptions market;
    market.seed = options.seed;
    out.push_back(run_market(market));
    for (const double core_seconds : {0.0, 10'000.0, 1'000'000.0})
        for (const std::uint32_t domains : {1U, 10U, 100U, 1'000U, 10'000U}) {
            market.bought_domains = domains;
            market.core_seconds_a_day = core_seconds;
            options.say(fmt::format("strangers: {} domains", domains));
            out.push_back(run_market(market));
        }
    return out;
}

std::vector<BaselineResult> run_baselines(const Graph& graph, const StudyOptions& options) {
    std::vector<BaselineResult> out;
    for (int i = 0; i < kBaselines; ++i) {
        const auto baseline = static_cast<Baseline>(i);
        options.say(fmt::format("the rules of others: {}", name_of(baseline)));
        BaselineOptions of;
        of.seed = options.seed;
        of.hacked = options.usual;
        out.push_back(run_baseline(baseline, graph, of));
    }
    return out;
}

Result<ScenarioResult> run_many(const Rulebook& rules, const StudyOptions& options) {
    options.say(fmt::format("{} people", options.many_people));
    const Graph graph =
        TRY(make_holme_kim(options.many_people, kManyLinks, kManyTriads, Draw(options.seed)));
    ScenarioOptions scenario;
    scenario.seed = options.seed;
    scenario.warm_up_days = 7;
    scenario.attack.hacked = options.usual;
    return run_scenario(graph, rules, scenario);
}

}  // namespace

Result<Study> run_study(const Graph& graph, const StudyOptions& options) {
    Study study;
    study.options = options;
    const Rulebook rules;
    ScenarioOptions scenario;
    scenario.seed = options.seed;
    options.say("warm-up");
    const Lived lived = live(graph, rules, scenario);
    const auto attack = [&](Attacker kind, double hacked) {
        options.say(fmt::format("{}, {:.1f} % hacked", name_of(kind), 100 * hacked));
        scenario.attack.kind = kind;
        scenario.attack.hacked = hacked;
        return run_attack(lived, scenario);
    };
    study.quiet = attack(Attacker::none, 0);
    for (int i = 1; i < kAttackers; ++i)
        for (const double hacked : options.hacked)
            study.attacks.push_back(attack(static_cast<Attacker>(i), hacked));
    study.hubs.push_back(attack(Attacker::hub_first, options.usual));
    scenario.attack.breaker = false;
    study.hubs.push_back(attack(Attacker::hub_first, options.usual));
    study.baselines = run_baselines(graph, options);
    study.markets = run_markets(options);
    if (options.many_people > 0)
        study.many.push_back(TRY(run_many(rules, options)));
    return study;
}

std::uint64_t Study::checks() const {
    std::uint64_t sum = 0;
    for (const auto* results : {&attacks, &hubs, &many})
        for (const ScenarioResult& result : *results)
            sum += result.checks;
    return sum;
}

std::vector<Breach> Study::breaches() const {
    std::vector<Breach> all;
    for (const auto* results : {&attacks, &hubs, &many})
        for (const ScenarioResult& result : *results)
            all.insert(all.end(), result.breaches.begin(), result.breaches.end());
    return all;
}

boost::json::object as_json(const Study& study) {
    const auto list = [](const auto& results) {
        boost::json::array out;
        for (const auto& result : results)
            out.push_back(as_json(result));
        return out;
    };
    return {{"quiet", as_json(study.quiet)},
            {"attacks", list(study.attacks)},
            {"hubs", list(study.hubs)},
            {"baselines", list(study.baselines)},
            {"markets", list(study.markets)},
            {"many", list(study.many)}};
}

}  // namespace kith::sim
