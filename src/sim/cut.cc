#include "sim/cut.h"

namespace kith::sim {
namespace {

constexpr std::array kBuckets = {
    GrantBucket::mail, GrantBucket::introductions, GrantBucket::vouches};

double as_messages(Credit credit) {
    return static_cast<double>(credit.units()) / static_cast<double>(Credit::kUnits);
}
std::size_t index(GrantBucket bucket) {
    return static_cast<std::size_t>(bucket);
}

}  // namespace

// What was earned is a function of time between two engagements, so it may be read late.
Cut::Edge& Cut::at(EdgeId edge, const Ledgers& ledgers) {
    const auto [found, is_new] = edges_.try_emplace(edge);
    if (is_new) {
        found->second.history.highest = ledgers.level(edge);
        found->second.history.earned = ledgers.earned(edge, since_[graph_->grantee(edge)]);
    }
    return found->second;
}

Credit Cut::bound_of(const Edge& edge, GrantBucket bucket, Seconds elapsed) const {
    EdgeHistory history = edge.history;
    history.elapsed = elapsed;
    return bucket_bound(bucket, history);
}

void Cut::passed(EdgeId id, GrantBucket bucket, const Ledgers& ledgers, Time now) {
    Edge& edge = at(id, ledgers);
    const Person who = graph_->grantee(id);
    const std::uint64_t count = ++edge.passed[index(bucket)];
    const Credit bound = bound_of(edge, bucket, now - since_[who]);
    ++checks_;
    if (Credit::whole(static_cast<std::int64_t>(count)) > bound)
        breaches_.push_back({id, who, bucket, count, as_messages(bound), now});
}

void Cut::was_wanted(EdgeId id, GrantBucket bucket) {
    const auto found = edges_.find(id);
    if (found != edges_.end() && found->second.passed[index(bucket)] > 0)
        --found->second.passed[index(bucket)];
}

void Cut::engaging(EdgeId id, const Ledgers& ledgers) {
    if (is_bad(graph_->grantee(id)))
        ++at(id, ledgers).history.engaged;
}

void Cut::refunding(EdgeId id, GrantBucket bucket, const Ledgers& ledgers, Time debited) {
    const Person who = graph_->grantee(id);
    if (is_bad(who) && debited <= since_[who])
        ++at(id, ledgers).history.refunded[index(bucket)];
}

AccountTally Cut::turn_good(Person who, const Ledgers& ledgers, Time now) {
    AccountTally tally{.who = who, .bad_for = now - since_[who]};
    for (const EdgeId id : graph_->grants_to(who)) {
        const auto found = edges_.find(id);
        if (found == edges_.end()) {
            // Nothing came over it; an honest person's was open all the same.
            if (is_bad(graph_->grantor(id)))
                continue;
            tally.bound += as_messages(edge_bound({.highest = ledgers.level(id),
                                                   .earned = ledgers.earned(id, since_[who]),
                                                   .elapsed = tally.bad_for}));
            continue;
        }
        for (const GrantBucket bucket : kBuckets) {
            tally.passed += found->second.passed[index(bucket)];
            tally.bound += as_messages(bound_of(found->second, bucket, tally.bad_for));
        }
        edges_.erase(found);
    }
    ++checks_;
    if (static_cast<double>(tally.passed) > tally.bound)
        breaches_.push_back(
            {.who = who, .passed = tally.passed, .bound = tally.bound, .when = now});
    since_[who] = Time::max();
    return tally;
}

}  // namespace kith::sim
