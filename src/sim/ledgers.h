// The ledgers of all grants, each as src/trust keeps it, made when it is first touched: a grant
// nobody has used since the beginning is worth what GrantLedger::granted() gives it at any later
// time, so making it late changes nothing. An untouched grant costs 4 octets, a touched one 168.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/graph.h"
#include "trust/grant_ledger.h"

namespace kith::sim {

/// A value; copying it forks the world.
class Ledgers {
  public:
    /// All grants are made at `start`. `well_trusted`: the share of ties that are.
    Ledgers(const Graph& graph, double well_trusted, std::uint64_t seed, Time start);

    GrantLedger& of(EdgeId edge);
    /// nullptr when nothing ever happened to it.
    const GrantLedger* touched(EdgeId edge) const;
    /// As it stands, without making it.
    Credit available(EdgeId edge, GrantBucket bucket, Time now) const;
    /// As granted; strong ties are so both ways.
    GrantLevel level(EdgeId edge) const;
    Credit earned(EdgeId edge, Time at) const;
    std::size_t made() const { return made_; }

  private:
    static constexpr std::size_t kBlock = 4096;

    const Graph* graph_;
    double well_trusted_;
    std::uint64_t seed_;
    Time start_;
    std::vector<std::uint32_t> slot_;  ///< 0 while untouched, else one more than its place
    std::vector<std::vector<GrantLedger>> blocks_;
    std::uint32_t made_ = 0;
};

/// How close two people are, the same both ways, in [0, 1).
double closeness(Person x, Person y, std::uint64_t seed);

}  // namespace kith::sim
