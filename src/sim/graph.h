// Who granted whom: people are numbers, a grant x→y (y may write to x) is an edge of x. Immutable,
// in compressed rows, 16 octets an edge: a million people with ten million grants are 200 MB.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kith::sim {

using Person = std::uint32_t;
using EdgeId = std::uint32_t;  ///< index of a grant

inline constexpr EdgeId kNoEdge = UINT32_MAX;
inline constexpr std::uint64_t kMostPeople = 50'000'000;
inline constexpr std::uint64_t kMostGrants = 400'000'000;

class Graph {
  public:
    enum class Direction {
        as_listed,  ///< a pair x y is the grant x→y
        both,       ///< and y→x
    };
    /// Pairs of a person with themselves, and pairs that come again, are dropped. Errors: limit
    /// (people, grants), malformed (a person who is not below `people`).
    static Result<Graph> of(std::uint64_t people,
                            std::vector<std::pair<Person, Person>> pairs,
                            Direction direction);

    Person people() const { return static_cast<Person>(first_.size() - 1); }
    EdgeId grants() const { return static_cast<EdgeId>(target_.size()); }

    /// Edge ids of x's grants are those from first(x) to last(x), in order of whom they are for.
    EdgeId first(Person x) const { return first_[x]; }
    EdgeId last(Person x) const { return first_[x + 1]; }
    std::uint32_t granted(Person x) const { return last(x) - first(x); }
    std::span<const Person> contacts(Person x) const {
        return std::span(target_).subspan(first(x), granted(x));
    }
    /// The edges of those who granted y.
    std::span<const EdgeId> grants_to(Person y) const {
        return std::span(incoming_).subspan(first_incoming_[y],
                                            first_incoming_[y + 1] - first_incoming_[y]);
    }
    Person grantor(EdgeId edge) const { return source_[edge]; }
    Person grantee(EdgeId edge) const { return target_[edge]; }
    /// The grant the other way; kNoEdge when there is none.
    EdgeId reverse(EdgeId edge) const { return reverse_[edge]; }
    /// The grant x→y; kNoEdge when there is none.
    EdgeId find(Person x, Person y) const;

  private:
    Graph() = default;
    void index();

    std::vector<EdgeId> first_;
    std::vector<Person> target_;
    std::vector<Person> source_;
    std::vector<EdgeId> first_incoming_;
    std::vector<EdgeId> incoming_;
    std::vector<EdgeId> reverse_;
};

}  // namespace kith::sim
