#include "sim/baseline_rules.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace kith::sim {
namespace {

class Everything : public BaselineRule {
  public:
    bool takes(Person /*from*/, Person /*to*/, Mail /*mail*/) override { return true; }
};

class ContentFilter : public BaselineRule {
  public:
    explicit ContentFilter(const BaselineOptions& options)
        : options_(options), draw_(options.seed ^ 0x66696c74) {}
    bool takes(Person /*from*/, Person /*to*/, Mail mail) override {
        return mail == Mail::wanted ? !draw_.chance(options_.false_positives)
                                    : draw_.chance(options_.false_negatives);
    }

  private:
    BaselineOptions options_;
    Draw draw_;
};

class FriendOfFriend : public BaselineRule {
  public:
    explicit FriendOfFriend(const Graph& graph) : graph_(graph) {}
    bool takes(Person from, Person to, Mail /*mail*/) override {
        if (graph_.find(to, from) != kNoEdge)
            return true;
        return std::ranges::any_of(graph_.contacts(to), [&](Person contact) {
            return graph_.find(contact, from) != kNoEdge;
        });
    }

  private:
    const Graph& graph_;
};

// A key is valid for somebody who signed it, or when enough keys that are valid for them signed it:
// one that they trust completely (a well-trusted contact), or three others. A signature is a grant.
class WebOfTrust : public BaselineRule {
  public:
    WebOfTrust(const Graph& graph, const BaselineOptions& options)
        : graph_(graph), options_(options) {}

    bool takes(Person from, Person to, Mail /*mail*/) override {
        const auto [found, is_new] = valid_.try_emplace(to);
        if (is_new)
            found->second = valid_for(to);
        return found->second[from];
    }

  private:
    static constexpr int kDepth = 5;
    static constexpr std::uint8_t kMarginals = 3;

    std::vector<bool> valid_for(Person who) const {
        std::vector<bool> valid(graph_.people());
        std::vector<std::uint8_t> signatures(graph_.people());
        valid[who] = true;
        std::vector<Person> ring;
        for (const Person contact : graph_.contacts(who)) {
            valid[contact] = true;
            ring.push_back(contact);
        }
        for (int depth = 1; depth < kDepth && !ring.empty(); ++depth) {
            std::vector<Person> next;
            for (const Person signer : ring)
                count_signatures(who, signer, valid, signatures, next);
            ring = std::move(next);
        }
        return valid;
    }

    void count_signatures(Person who,
                          Person signer,
                          std::vector<bool>& valid,
                          std::vector<std::uint8_t>& signatures,
                          std::vector<Person>& next) const {
        const bool complete = graph_.find(who, signer) != kNoEdge &&
                              closeness(who, signer, options_.seed) >= 1 - options_.well_trusted;
        for (const Person signed_one : graph_.contacts(signer)) {
            if (valid[signed_one])
                continue;
            std::uint8_t& count = signatures[signed_one];
            count = complete ? kMarginals : static_cast<std::uint8_t>(count + 1);
            if (count < kMarginals)
                continue;
            valid[signed_one] = true;
            next.push_back(signed_one);
        }
    }

    const Graph& graph_;
    BaselineOptions options_;
    std::unordered_map<Person, std::vector<bool>> valid_;
};

// Each link has a balance from -3 to 3, seen from its smaller end. A message is let through along
// any path whose links all have some left; unwanted, it moves one along each. The centre sees all.
class Ostra : public BaselineRule {
  public:
    explicit Ostra(const Graph& graph) : graph_(graph), from_(graph.people(), kNobody) {}

    bool takes(Person from, Person to, Mail mail) override {
        const std::vector<Person> path = find_path(from, to);
        if (path.empty())
            return false;
        if (mail == Mail::unwanted)
            for (std::size_t i = 1; i < path.size(); ++i)
                move_one(path[i - 1], path[i]);
        return true;
    }

  private:
    static constexpr Person kNobody = UINT32_MAX;
    static constexpr int kLeast = -3;
    static constexpr int kLongest = 6;

    static std::uint64_t link(Person x, Person y) {
        return std::uint64_t{std::min(x, y)} << 32 | std::max(x, y);
    }
    int balance(Person x, Person y) const {
        const auto found = balances_.find(link(x, y));
        const int seen = found == balances_.end() ? 0 : found->second;
        return x < y ? seen : -seen;
    }
    void move_one(Person x, Person y) { balances_[link(x, y)] += x < y ? -1 : 1; }

    // From `from` on along links that are grants towards the writer, breadth first.
    std::vector<Person> find_path(Person from, Person to) {
        std::vector<Person> reached = {from};
        from_[from] = from;
        std::size_t ring_end = 1;
        int length = 0;
        for (std::size_t i = 0; i < reached.size() && from_[to] == kNobody; ++i) {
            if (i == ring_end) {
                ring_end = reached.size();
                if (++length == kLongest)
                    break;
            }
            for (const EdgeId edge : graph_.grants_to(reached[i])) {
                const Person next = graph_.grantor(edge);
                if (from_[next] != kNobody || balance(reached[i], next) <= kLeast)
                    continue;
                from_[next] = reached[i];
                reached.push_back(next);
            }
        }
        std::vector<Person> path;
        if (from_[to] != kNobody && to != from) {
            for (Person at = to; at != from; at = from_[at])
                path.push_back(at);
            path.push_back(from);
            std::ranges::reverse(path);
        }
        for (const Person who : reached)
            from_[who] = kNobody;
        return path;
    }

    const Graph& graph_;
    std::vector<Person> from_;  ///< scratch: by whom somebody was reached
    std::unordered_map<std::uint64_t, int> balances_;
};

}  // namespace

std::unique_ptr<BaselineRule> make_rule(Baseline baseline,
                                        const Graph& graph,
                                        const BaselineOptions& options) {
    switch (baseline) {
        case Baseline::none:
            return std::make_unique<Everything>();
        case Baseline::friend_of_friend:
            return std::make_unique<FriendOfFriend>(graph);
        case Baseline::web_of_trust:
            return std::make_unique<WebOfTrust>(graph, options);
        case Baseline::ostra:
            return std::make_unique<Ostra>(graph);
        case Baseline::content_filter:
            break;
    }
    return std::make_unique<ContentFilter>(options);
}

}  // namespace kith::sim
