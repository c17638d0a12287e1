// What others do against the same thieves on the same graph: to compare with, not to use. Each
// thief writes to as many people as the field's hijacked accounts do (650: Ho et al., "Detecting
// and characterizing lateral phishing at scale", 2019), those first who know them best.
#pragma once

#include <array>
#include <string_view>

#include "sim/ledgers.h"
#include "sim/scenario.h"

namespace kith::sim {

enum class Baseline {
    none,              ///< everything is delivered
    friend_of_friend,  ///< contacts and contacts' contacts, without a meter (RE:, NSDI 2006)
    web_of_trust,      ///< PGP: a key is valid by 1 complete or 3 marginal signatures, depth 5
    ostra,             ///< credit on every link of a path, kept by a centre (NSDI 2008)
    content_filter,    ///< errs both ways
};
inline constexpr int kBaselines = 5;
std::string_view name_of(Baseline baseline);  ///< "friend-of-friend"

struct BaselineOptions {
    std::uint64_t seed = 1;
    double well_trusted = 0.15;  ///< share of ties; to PGP, those who are trusted completely
    double hacked = 0.01;
    std::uint32_t messages = 650;  ///< of one thief
    std::uint32_t samples = 3000;  ///< wanted messages of each kind
    double false_negatives = 0.1;  ///< unwanted mail that the filter takes for wanted
    double false_positives = 0.005;
};

/// Wanted mail that is lost, as a share.
struct Losses {
    double contacts = 0;
    double first_contacts = 0;  ///< between contacts' contacts
    double strangers = 0;
};

struct BaselineResult {
    Baseline baseline = Baseline::none;
    double hacked = 0;
    std::size_t accounts = 0;  ///< whose mail was tried
    Spread per_account;        ///< unwanted messages that came into an inbox
    Losses lost;
};

BaselineResult run_baseline(Baseline baseline, const Graph& graph, const BaselineOptions& options);

}  // namespace kith::sim
