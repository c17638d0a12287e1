// What runs came to, for people (tables in Markdown, which read well as they are) and programs.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "sim/baselines.h"
#include "sim/market.h"

namespace kith::sim {

/// Rows of cells as a table in Markdown; the first row is the head. All but the first column are
/// numbers, set to the right.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);
/// With so many digits behind the point: "1,234.5".
std::string number(double value, int digits = 0);

/// Members: attacker, hacked, people, grants, days, accounts, … ; in the words of scenario.h.
boost::json::object as_json(const ScenarioResult& result);
/// Harm: unwanted mail by tier, for each person and day, and for each hacked account.
std::string harm_table(std::span<const ScenarioResult> results);
/// The bound: what one account let through, and how much of its bound that was.
std::string bound_table(std::span<const ScenarioResult> results);
/// What honest people notice of it.
std::string honest_table(std::span<const ScenarioResult> results);
/// Others' rules against thieves of the same graph.
std::string baseline_table(std::span<const BaselineResult> results);
boost::json::object as_json(const BaselineResult& result);
/// What an attacker among strangers gets for domains and work, and what honest ones pay.
std::string market_table(std::span<const MarketResult> results);
boost::json::object as_json(const MarketResult& result);
/// One line for each breach: at most ten, and how many there are.
std::string breach_lines(std::span<const Breach> breaches);

}  // namespace kith::sim
