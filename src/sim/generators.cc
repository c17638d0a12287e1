#include "sim/generators.h"

#include <algorithm>
#include <vector>

namespace kith::sim {
namespace {

using Pairs = std::vector<std::pair<Person, Person>>;

Error wrong(const char* what, const char* detail) {
    return fail(ErrorKind::malformed, std::string("graph: ") + what, detail);
}

// Grows the pairs; `ends` names each person once for each of their links, so that a uniform draw
// from it is a draw by degree.
class Growth {
  public:
    Growth(std::uint64_t people, std::uint32_t links, double triads, Draw draw)
        : links_(links), triads_(triads), draw_(draw), of_(people) {
        pairs_.reserve(people * links);
        ends_.reserve(2 * people * links);
    }

    void start() {
        for (Person x = 0; x <= links_; ++x)
            for (Person y = 0; y < x; ++y)
                link(x, y);
    }

    void add(Person x) {
        Person last = by_degree();
        link(x, last);
        std::uint32_t tries = 0;
        while (of_[x].size() < links_) {
            const bool triad = draw_.chance(triads_) && ++tries < 16 * links_;
            const Person y = triad ? of_[last][draw_.below(of_[last].size())] : by_degree();
            if (y == x || std::ranges::find(of_[x], y) != of_[x].end())
                continue;
            link(x, y);
            if (!triad)
                last = y;
        }
    }

    Pairs take() { return std::move(pairs_); }

  private:
    Person by_degree() { return ends_[draw_.below(ends_.size())]; }
    void link(Person x, Person y) {
        pairs_.emplace_back(x, y);
        ends_.push_back(x);
        ends_.push_back(y);
        of_[x].push_back(y);
        of_[y].push_back(x);
    }

    std::uint32_t links_;
    double triads_;
    Draw draw_;
    Pairs pairs_;
    std::vector<Person> ends_;
    std::vector<std::vector<Person>> of_;
};

}  // namespace

Result<Graph> make_holme_kim(std::uint64_t people, std::uint32_t links, double triads, Draw draw) {
    if (links == 0 || people <= links)
        return wrong("links", "must be at least 1 and fewer than the people");
    if (people > kMostPeople || people * links > kMostGrants / 2)
        return fail(ErrorKind::limit, "graph: people", "make more than 400 million grants");
    if (!(triads >= 0 && triads <= 1))
        return wrong("triads", "must be from 0 to 1");
    Growth growth(people, links, triads, draw);
    growth.start();
    for (auto x = static_cast<Person>(links + 1); x < people; ++x)
        growth.add(x);
    return Graph::of(people, growth.take(), Graph::Direction::both);
}

Result<Graph> make_communities(
    std::uint64_t people, std::uint32_t size, double inside, double outside, Draw draw) {
    if (people < 2 || people > kMostPeople)
        return fail(ErrorKind::limit, "graph: people", "must be from 2 to 50 million");
    if (size < 2 || !(inside >= 0 && inside < size) || !(outside >= 0 && outside < 1000))
        return wrong("communities", "must have at least 2 people, and more than each knows there");
    if (static_cast<double>(people) * (inside + outside) > static_cast<double>(kMostGrants))
        return fail(ErrorKind::limit, "graph: grants", "would be more than 400 million");
    Pairs pairs;
    for (std::uint64_t x = 0; x < people; ++x) {
        const std::uint64_t start = x / size * size;
        const std::uint64_t here = std::min<std::uint64_t>(size, people - start);
        for (std::uint32_t i = draw.poisson(inside / 2); i > 0; --i)
            pairs.emplace_back(x, start + draw.below(here));
        for (std::uint32_t i = draw.poisson(outside / 2); i > 0; --i)
            pairs.emplace_back(x, draw.below(people));
    }
    return Graph::of(people, std::move(pairs), Graph::Direction::both);
}

}  // namespace kith::sim
