// One run: a world lives until its ledgers are as lived-in ones are, an attack begins, and what
// comes of it is counted.
#pragma once

#include "sim/attack.h"

namespace kith::sim {

struct ScenarioOptions {
    std::uint64_t seed = 1;
    double well_trusted = 0.15;  ///< share of ties
    std::int64_t warm_up_days = 14;
    std::int64_t days = 7;  ///< from the attack on
    TrafficOptions traffic = {};
    AttackOptions attack = {};
    Fault fault = Fault::none;
};

/// A part of a distribution.
struct Spread {
    double mean = 0;
    double median = 0;
    double p99 = 0;
    double most = 0;
    static Spread of(std::vector<double> values);
};

struct ScenarioResult {
    Attacker attacker = Attacker::none;
    double hacked = 0;  ///< share wanted
    std::uint64_t people = 0;
    std::uint64_t grants = 0;
    std::int64_t days = 0;           ///< counted ones
    std::size_t accounts = 0;        ///< bad ones, in all
    std::size_t first_accounts = 0;  ///< without those that the worm hacked
    Tally wanted;                    ///< honest mail to honest people
    Tally unwanted;                  ///< to honest people
    std::uint64_t delayed = 0;       ///< honest threads that waited for a challenge
    std::uint64_t challenged = 0;    ///< honest people who met one
    Spread per_account;              ///< unwanted in full, over the grants of one bad account
    Spread bound;                    ///< what its grants allowed
    Spread share_of_bound;           ///< the one by the other
    Spread contained_hours;          ///< of those that were contained
    std::size_t contained = 0;
    std::uint64_t checks = 0;
    std::vector<Breach> breaches;
    std::uint64_t messages = 0;  ///< in all, warm-up included
    std::size_t ledgers = 0;     ///< that were touched

    double person_days() const { return static_cast<double>(people) * static_cast<double>(days); }
};

/// A world that has lived for the warm-up: attacks are tried on copies of it.
struct Lived {
    World world;
    Traffic traffic;
};
Lived live(const Graph& graph, const Rulebook& rules, const ScenarioOptions& options);

/// Lets the attack loose on `lived`, which it uses up.
ScenarioResult run_attack(Lived lived, const ScenarioOptions& options);

/// Both.
ScenarioResult run_scenario(const Graph& graph,
                            const Rulebook& rules,
                            const ScenarioOptions& options);

}  // namespace kith::sim
