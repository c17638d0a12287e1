// The study of the rules: all attackers over all shares, the others' rules, the market of strangers
// and a million people; as a page in Markdown and plots for gnuplot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/report.h"

namespace kith::sim {

struct StudyOptions {
    std::uint64_t seed = 1;
    std::vector<double> hacked = {0.001, 0.005, 0.01, 0.05};
    double usual = 0.01;            ///< one of them, for the tables with one row an attacker
    std::uint64_t many_people = 0;  ///< of the largest world; 0: leave it out
    std::string command;            ///< how to make the page again, as it stands in the page
    std::string graph_name;         ///< "email-Enron"
    std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct Study {
    StudyOptions options;
    std::vector<ScenarioResult> attacks;  ///< each attacker, in the order of `hacked`
    ScenarioResult quiet;                 ///< the same world without an attack
    std::vector<ScenarioResult> hubs;     ///< hub-first with the breaker, and without
    std::vector<BaselineResult> baselines;
    std::vector<MarketResult> markets;
    std::vector<ScenarioResult> many;  ///< one, or none

    /// Of all runs together.
    std::uint64_t checks() const;
    std::vector<Breach> breaches() const;
};

/// Errors: those of the generators.
Result<Study> run_study(const Graph& graph, const StudyOptions& options);

std::string study_page(const Study& study);
boost::json::object as_json(const Study& study);

/// A script for gnuplot that prints an SVG.
struct Plot {
    std::string file;  ///< "trust-study-harm.svg"
    std::string script;
};
std::vector<Plot> study_plots(const Study& study);

}  // namespace kith::sim
