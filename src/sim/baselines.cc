#include "sim/baselines.h"

#include <algorithm>
#include <memory>
#include <span>

#include "sim/baseline_rules.h"

namespace kith::sim {
namespace {

constexpr std::array<std::string_view, kBaselines> kNames = {
    "none", "friend-of-friend", "web-of-trust", "ostra", "content-filter"};
constexpr int kTries = 50;

// Of the web of trust all valid keys are computed for each recipient, which takes a while each.
constexpr std::size_t kFewThieves = 8;
constexpr std::uint32_t kFewSamples = 300;

// Distinct people, who know the thief, then those who know these, then anybody.
std::vector<Person> targets_of(const Graph& graph, Person thief, std::uint32_t most, Draw& draw) {
    std::vector<Person> targets;
    std::vector<bool> seen(graph.people());
    seen[thief] = true;
    const auto add = [&](Person who) {
        if (targets.size() < most && !seen[who]) {
            seen[who] = true;
            targets.push_back(who);
        }
    };
    for (const EdgeId edge : graph.grants_to(thief))
        add(graph.grantor(edge));
    const std::size_t contacts = targets.size();
    for (std::size_t i = 0; i < contacts; ++i)
        for (const EdgeId edge : graph.grants_to(targets[i]))
            add(graph.grantor(edge));
    for (std::uint32_t i = 0; i < 4 * most && targets.size() < most; ++i)
        add(static_cast<Person>(draw.below(graph.people())));
    return targets;
}

Person any(const Graph& graph, Draw& draw) {
    return static_cast<Person>(draw.below(graph.people()));
}

using Pair = std::pair<Person, Person>;  ///< from, to

std::optional<Pair> contact_pair(const Graph& graph, Draw& draw) {
    if (graph.grants() == 0)
        return std::nullopt;
    const auto edge = static_cast<EdgeId>(draw.below(graph.grants()));
    return Pair(graph.grantee(edge), graph.grantor(edge));
}

std::optional<Pair> first_contact_pair(const Graph& graph, Draw& draw) {
    const auto near = contact_pair(graph, draw);
    if (!near)
        return std::nullopt;
    const auto knowing = graph.grants_to(near->second);
    if (knowing.empty())
        return std::nullopt;
    const Person to = graph.grantor(knowing[draw.below(knowing.size())]);
    if (to == near->first || graph.find(to, near->first) != kNoEdge)
        return std::nullopt;
    return Pair(near->first, to);
}

std::optional<Pair> stranger_pair(const Graph& graph, Draw& draw) {
    const Pair pair(any(graph, draw), any(graph, draw));
    if (pair.first == pair.second || graph.find(pair.second, pair.first) != kNoEdge)
        return std::nullopt;
    return pair;
}

using Sampler = std::optional<Pair> (*)(const Graph&, Draw&);

double share_lost(
    BaselineRule& rule, const Graph& graph, Sampler sample, std::uint32_t samples, Draw& draw) {
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    for (std::uint32_t i = 0; i < samples; ++i) {
        std::optional<Pair> pair;
        for (int tries = 0; !pair && tries < kTries; ++tries)
            pair = sample(graph, draw);
        if (!pair)
            continue;
        ++sent;
        lost += rule.takes(pair->first, pair->second, BaselineRule::Mail::wanted) ? 0 : 1;
    }
    return sent == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(sent);
}

std::vector<Person> choose_thieves(const Graph& graph, double share, Draw& draw) {
    const auto wanted = std::clamp<std::size_t>(
        static_cast<std::size_t>(share * graph.people() + 0.5), 1, graph.people());
    std::vector<Person> all(graph.people());
    for (Person who = 0; who < graph.people(); ++who)
        all[who] = who;
    for (std::size_t i = 0; i < wanted; ++i)
        std::swap(all[i], all[i + draw.below(all.size() - i)]);
    all.resize(wanted);
    return all;
}

}  // namespace

std::string_view name_of(Baseline baseline) {
    return kNames.at(static_cast<std::size_t>(baseline));
}

BaselineResult run_baseline(Baseline baseline, const Graph& graph, const BaselineOptions& options) {
    Draw draw(options.seed ^ 0x62617365);
    const std::unique_ptr<BaselineRule> rule = make_rule(baseline, graph, options);
    const std::vector<Person> thieves = choose_thieves(graph, options.hacked, draw);
    std::vector<bool> bad(graph.people());
    for (const Person thief : thieves)
        bad[thief] = true;
    const bool slow = baseline == Baseline::web_of_trust;
    const std::size_t tried = slow ? std::min(kFewThieves, thieves.size()) : thieves.size();
    const std::uint32_t samples = slow ? std::min(kFewSamples, options.samples) : options.samples;
    std::vector<double> reached;
    for (const Person thief : std::span(thieves).first(tried)) {
        std::uint64_t came = 0;
        for (const Person to : targets_of(graph, thief, options.messages, draw))
            came += !bad[to] && rule->takes(thief, to, BaselineRule::Mail::unwanted) ? 1 : 0;
        reached.push_back(static_cast<double>(came));
    }
    BaselineResult result;
    result.baseline = baseline;
    result.hacked = options.hacked;
    result.accounts = tried;
    result.per_account = Spread::of(std::move(reached));
    result.lost.contacts = share_lost(*rule, graph, contact_pair, samples, draw);
    result.lost.first_contacts = share_lost(*rule, graph, first_contact_pair, samples, draw);
    result.lost.strangers = share_lost(*rule, graph, stranger_pair, samples, draw);
    return result;
}

}  // namespace kith::sim
