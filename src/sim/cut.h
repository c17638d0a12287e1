// The bound, watched: for each grant of an honest person to somebody bad, what it let through above
// *unknown* without being wanted, held against src/trust/bound.h at every single message, and for
// each bad account the sum over all who granted it.
//
// A message that the recipient answers was wanted: it counts until then, and no longer. A debit of
// before the account went bad whose refund comes after it gives the thief one message, which the
// bound counts (EdgeHistory::refunded).
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "sim/ledgers.h"
#include "trust/bound.h"

namespace kith::sim {

/// How one bad account went, once it is over.
struct AccountTally {
    Person who = 0;
    std::uint64_t passed = 0;  ///< unwanted, in full, over its grants
    double bound = 0;          ///< what its grants allowed in that time
    Seconds bad_for{0};
};

/// A grant, or an account, that let through more than it may.
struct Breach {
    EdgeId edge = kNoEdge;  ///< kNoEdge: the account as a whole
    Person who = 0;         ///< the bad account
    GrantBucket bucket = GrantBucket::mail;
    std::uint64_t passed = 0;
    double bound = 0;
    Time when;
};

/// A value. The graph has to outlive it.
class Cut {
  public:
    Cut(const Graph& graph, std::size_t people) : graph_(&graph), since_(people, Time::max()) {}

    bool is_bad(Person who) const { return who >= since_.size() || since_[who] != Time::max(); }
    void turn_bad(Person who, Time now) { since_[who] = now; }
    /// It is over: the account is judged as a whole.
    AccountTally turn_good(Person who, const Ledgers& ledgers, Time now);

    /// Unwanted mail crossed the grant, which is of somebody honest to somebody bad.
    void passed(EdgeId edge, GrantBucket bucket, const Ledgers& ledgers, Time now);
    /// The recipient wanted it after all.
    void was_wanted(EdgeId edge, GrantBucket bucket);
    /// Before the grantor's engagement with the grantee is booked: of a grantor who is bad for a
    /// while, too, whose ledger an honest server keeps all the same.
    void engaging(EdgeId edge, const Ledgers& ledgers);
    /// Before a refund of what was debited at `debited` is booked.
    void refunding(EdgeId edge, GrantBucket bucket, const Ledgers& ledgers, Time debited);

    const std::vector<Breach>& breaches() const { return breaches_; }
    std::uint64_t checks() const { return checks_; }

  private:
    struct Edge {
        EdgeHistory history;
        std::array<std::uint64_t, 3> passed{};
    };
    Edge& at(EdgeId edge, const Ledgers& ledgers);
    Credit bound_of(const Edge& edge, GrantBucket bucket, Seconds elapsed) const;

    const Graph* graph_;
    std::vector<Time> since_;  ///< when they turned bad; Time::max() while they are not
    std::unordered_map<EdgeId, Edge> edges_;
    std::vector<Breach> breaches_;
    std::uint64_t checks_ = 0;
};

}  // namespace kith::sim
