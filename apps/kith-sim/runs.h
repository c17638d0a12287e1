// What the verbs of kith-sim do; each answers the exit code.
#pragma once

#include <string>
#include <vector>

#include "sim/study.h"

namespace kith::sim {

inline constexpr int kDone = 0;
inline constexpr int kBroken = 1;  ///< the bound is broken, or something failed
inline constexpr int kUsage = 2;

/// Where the graph comes from: a file, or one of the two generators.
struct GraphOptions {
    std::string file;  ///< "-": standard input; empty: made
    bool count = false;
    bool one_way = false;
    std::uint64_t people = 10'000;
    std::uint32_t links = 5;
    double triads = 0.6;
    std::uint32_t community = 0;  ///< people of one; 0: Holme-Kim
};
/// Errors: io, and those of the readers and generators.
Result<Graph> get_graph(const GraphOptions& options, std::uint64_t seed);

struct RunOptions {
    GraphOptions graph;
    ScenarioOptions scenario;
    std::vector<std::string> attackers = {"greedy"};
    std::vector<double> hacked = {1};  ///< per cent
    bool as_json = false;
};

/// Each attacker with each share, on forks of one lived-in world.
int run_attacks(const RunOptions& options);

struct BaselinesOptions {
    GraphOptions graph;
    BaselineOptions rules;
    double hacked = 1;  ///< per cent
    bool as_json = false;
};
int run_baselines(BaselinesOptions options);

int run_strangers(const MarketOptions& options, bool as_json);

struct StudyRun {
    GraphOptions graph;
    StudyOptions study;
    std::string folder;
    bool as_json = false;
};
/// Writes the page and, by gnuplot, its plots into the folder.
int make_study(StudyRun options);

/// "kith-sim: WHERE: DETAIL", on standard error.
void complain(const Error& error);
/// The exit code of an error: the command line's fault, or the world's.
int code_of(const Error& error);

}  // namespace kith::sim
