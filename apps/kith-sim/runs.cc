#include "kith-sim/runs.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "sim/edge_list.h"
#include "sim/generators.h"
#include "sim/report.h"

namespace kith::sim {
namespace {

Result<Graph> read_graph(const GraphOptions& options) {
    const Header header = options.count ? Header::count : Header::none;
    const auto direction = options.one_way ? Graph::Direction::as_listed : Graph::Direction::both;
    if (options.file == "-")
        return read_edge_list(std::cin, header, direction);
    std::ifstream in(options.file);
    if (!in)
        return fail(ErrorKind::io, options.file, "cannot be opened");
    return read_edge_list(in, header, direction);
}

void print(const std::vector<ScenarioResult>& results, bool as_json) {
    if (as_json) {
        boost::json::array out;
        for (const ScenarioResult& result : results)
            out.push_back(sim::as_json(result));
        fmt::print("{}\n", boost::json::serialize(boost::json::object{{"runs", std::move(out)}}));
        return;
    }
    const ScenarioResult& first = results.front();
    fmt::print("{} people, {} grants, {} days.\n\n", first.people, first.grants, first.days);
    fmt::print("Unwanted mail for each person and day, by tier:\n\n{}\n", harm_table(results));
    fmt::print("For each hacked account, against its bound:\n\n{}\n", bound_table(results));
    fmt::print("Mail of honest people:\n\n{}\n", honest_table(results));
}

}  // namespace

void complain(const Error& error) {
    fmt::print(stderr, "kith-sim: {}: {}\n", error.where, error.detail);
}

int code_of(const Error& error) {
    return error.kind == ErrorKind::io ? kBroken : kUsage;
}

Result<Graph> get_graph(const GraphOptions& options, std::uint64_t seed) {
    if (!options.file.empty())
        return read_graph(options);
    if (options.community == 0)
        return make_holme_kim(options.people, options.links, options.triads, Draw(seed));
    // As many contacts as Holme and Kim's have, a fifth of them elsewhere.
    const double contacts = 2.0 * options.links;
    return make_communities(
        options.people, options.community, 0.8 * contacts, 0.2 * contacts, Draw(seed));
}

int run_attacks(const RunOptions& options) {
    std::vector<Attacker> attackers;
    for (const std::string& name : options.attackers) {
        const auto attacker = parse_attacker(name);
        if (!attacker) {
            complain(attacker.error());
            return kUsage;
        }
        attackers.push_back(*attacker);
    }
    const auto graph = get_graph(options.graph, options.scenario.seed);
    if (!graph) {
        complain(graph.error());
        return code_of(graph.error());
    }
    std::vector<ScenarioOptions> runs;
    for (const Attacker attacker : attackers)
        for (const double hacked : options.hacked) {
            runs.push_back(options.scenario);
            runs.back().attack.kind = attacker;
            runs.back().attack.hacked = hacked / 100;
        }
    const Rulebook rules;
    Lived lived = live(*graph, rules, options.scenario);
    std::vector<ScenarioResult> results;
    for (std::size_t i = 0; i + 1 < runs.size(); ++i)
        results.push_back(run_attack(lived, runs[i]));
    // The last one needs no copy, which counts with a million people.
    results.push_back(run_attack(std::move(lived), runs.back()));
    print(results, options.as_json);
    int code = kDone;
    for (const ScenarioResult& result : results)
        if (!result.breaches.empty()) {
            fmt::print(stderr,
                       "kith-sim: the bound is broken by {}:\n{}",
                       name_of(result.attacker),
                       breach_lines(result.breaches));
            code = kBroken;
        }
    return code;
}

int run_baselines(BaselinesOptions options) {
    const auto graph = get_graph(options.graph, options.rules.seed);
    if (!graph) {
        complain(graph.error());
        return code_of(graph.error());
    }
    options.rules.hacked = options.hacked / 100;
    std::vector<BaselineResult> results;
    for (int i = 0; i < kBaselines; ++i)
        results.push_back(run_baseline(static_cast<Baseline>(i), *graph, options.rules));
    if (!options.as_json) {
        fmt::print("{}", baseline_table(results));
        return kDone;
    }
    boost::json::array out;
    for (const BaselineResult& result : results)
        out.push_back(as_json(result));
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"baselines", std::move(out)}}));
    return kDone;
}

int run_strangers(const MarketOptions& options, bool as_json) {
    const MarketResult result = run_market(options);
    if (as_json)
        fmt::print("{}\n", boost::json::serialize(sim::as_json(result)));
    else
        fmt::print("{}", market_table(std::span(&result, 1)));
    return kDone;
}

}  // namespace kith::sim
