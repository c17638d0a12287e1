#include "sim/graph.h"

#include <algorithm>

namespace kith::sim {
namespace {

using Pairs = std::vector<std::pair<Person, Person>>;

void add_reversed(Pairs& pairs) {
    const std::size_t listed = pairs.size();
    pairs.reserve(2 * listed);
    for (std::size_t i = 0; i < listed; ++i)
        pairs.emplace_back(pairs[i].second, pairs[i].first);
}

}  // namespace

Result<Graph> Graph::of(std::uint64_t people, Pairs pairs, Direction direction) {
    if (people == 0)
        return fail(ErrorKind::malformed, "graph: people", "are none");
    if (people > kMostPeople)
        return fail(ErrorKind::limit, "graph: people", "are more than 50 million");
    std::erase_if(pairs, [](const auto& pair) { return pair.first == pair.second; });
    if (direction == Direction::both)
        add_reversed(pairs);
    std::ranges::sort(pairs);
    const auto again = std::ranges::unique(pairs);
    pairs.erase(again.begin(), again.end());
    if (pairs.size() > kMostGrants)
        return fail(ErrorKind::limit, "graph: grants", "are more than 400 million");
    Graph graph;
    graph.first_.assign(people + 1, 0);
    graph.target_.reserve(pairs.size());
    graph.source_.reserve(pairs.size());
    for (const auto& [x, y] : pairs) {
        if (x >= people || y >= people)
            return fail(ErrorKind::malformed, "graph: pair", "names somebody who is not there");
        ++graph.first_[x + 1];
        graph.source_.push_back(x);
        graph.target_.push_back(y);
    }
    for (std::size_t i = 1; i <= people; ++i)
        graph.first_[i] += graph.first_[i - 1];
    Pairs().swap(pairs);
    graph.index();
    return graph;
}

void Graph::index() {
    first_incoming_.assign(first_.size(), 0);
    for (const Person y : target_)
        ++first_incoming_[y + 1];
    for (std::size_t i = 1; i < first_incoming_.size(); ++i)
        first_incoming_[i] += first_incoming_[i - 1];
    incoming_.resize(target_.size());
    std::vector<EdgeId> next(first_incoming_.begin(), first_incoming_.end() - 1);
    for (EdgeId edge = 0; edge < grants(); ++edge)
        incoming_[next[target_[edge]]++] = edge;
    // Both lists of a person are in the order of the other person: one walk along both.
    reverse_.assign(target_.size(), kNoEdge);
    for (Person x = 0; x < people(); ++x) {
        EdgeId out = first(x);
        for (const EdgeId in : grants_to(x)) {
            while (out < last(x) && target_[out] < source_[in])
                ++out;
            if (out < last(x) && target_[out] == source_[in])
                reverse_[out] = in;
        }
    }
}

EdgeId Graph::find(Person x, Person y) const {
    const auto mine = contacts(x);
    const auto found = std::ranges::lower_bound(mine, y);
    if (found == mine.end() || *found != y)
        return kNoEdge;
    return first(x) + static_cast<EdgeId>(found - mine.begin());
}

}  // namespace kith::sim
