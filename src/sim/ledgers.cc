#include "sim/ledgers.h"

#include <algorithm>

#include "sim/draw.h"

namespace kith::sim {
namespace {

constexpr std::uint64_t kCloseness = 0x636c6f7365;

}  // namespace

double closeness(Person x, Person y, std::uint64_t seed) {
    return mix_unit(std::min(x, y), std::max(x, y), seed ^ kCloseness);
}

Ledgers::Ledgers(const Graph& graph, double well_trusted, std::uint64_t seed, Time start)
    : graph_(&graph), well_trusted_(well_trusted), seed_(seed), start_(start) {
    slot_.assign(graph.grants(), 0);
}

GrantLevel Ledgers::level(EdgeId edge) const {
    const double close = closeness(graph_->grantor(edge), graph_->grantee(edge), seed_);
    return close >= 1 - well_trusted_ ? GrantLevel::well_trusted : GrantLevel::known;
}

GrantLedger& Ledgers::of(EdgeId edge) {
    std::uint32_t& slot = slot_[edge];
    if (slot == 0) {
        if (made_ % kBlock == 0)
            blocks_.emplace_back().reserve(kBlock);
        blocks_.back().push_back(GrantLedger::granted(level(edge), start_));
        slot = ++made_;
    }
    return blocks_[(slot - 1) / kBlock][(slot - 1) % kBlock];
}

const GrantLedger* Ledgers::touched(EdgeId edge) const {
    const std::uint32_t slot = slot_[edge];
    return slot == 0 ? nullptr : &blocks_[(slot - 1) / kBlock][(slot - 1) % kBlock];
}

Credit Ledgers::available(EdgeId edge, GrantBucket bucket, Time now) const {
    const GrantLedger* const ledger = touched(edge);
    return ledger != nullptr ? ledger->available(bucket, now)
                             : GrantLedger::granted(level(edge), start_).available(bucket, now);
}

Credit Ledgers::earned(EdgeId edge, Time at) const {
    const GrantLedger* const ledger = touched(edge);
    return ledger == nullptr ? Credit() : ledger->earned(at);
}

}  // namespace kith::sim
