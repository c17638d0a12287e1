// The market of strangers at one server: people and senders nobody here knows, honest ones and
// those who pay to be seen, on src/trust's decision, domain credit and choice of what is shown.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/draw.h"
#include "sim/scenario.h"
#include "trust/domain_credit.h"
#include "trust/price.h"
#include "trust/requests_view.h"

namespace kith::sim {

/// What a hash costs: the base price is about ten seconds of a core.
inline constexpr double kHashesACoreSecond = static_cast<double>(kDefaultEffort) / 10;

struct MarketOptions {
    std::uint64_t seed = 1;
    std::uint32_t people = 300;  ///< accounts of the server
    std::int64_t days = 60;
    double strangers_a_day = 0.3;  ///< honest first contacts that a person gets
    std::uint32_t honest_domains = 400;
    double answered = 0.5;             ///< share of honest ones that are answered once seen
    double most_core_seconds = 320;    ///< up to which an honest client doubles, day by day
    std::uint32_t bought_domains = 0;  ///< of the attacker
    double tries_a_day = 20;           ///< of the attacker, at each person
    double core_seconds_a_day = 0;     ///< of the attacker, for all
    double domain_price = 5;           ///< money for one domain
    double complaints = 0.3;           ///< share of the attacker's that are called unwanted
};

struct MarketResult {
    MarketOptions options;
    std::uint64_t honest_sent = 0;
    std::uint64_t honest_shown = 0;
    std::uint64_t honest_free = 0;  ///< by their domain's credit
    Spread honest_wait_days;        ///< until shown
    Spread honest_core_seconds;     ///< of those that were shown
    std::uint64_t unwanted_held = 0;
    std::uint64_t unwanted_shown = 0;
    double unwanted_core_seconds = 0;

    double unwanted_a_person_day() const;
    /// Core seconds, and money for domains, for each of the attacker's that was seen.
    double core_seconds_each() const;
    double money_each() const;
    double honest_shown_share() const;
};

MarketResult run_market(const MarketOptions& options);

}  // namespace kith::sim
