#include "delivery/domain_quota.h"

namespace kith {
namespace {

constexpr Seconds kHour{3'600};

}  // namespace

std::int64_t DomainQuota::taken(const std::string& domain, Time now) {
    const std::scoped_lock lock(mutex_);
    turn_to(now);
    const auto known = taken_.find(domain);
    return known == taken_.end() ? 0 : known->second;
}

void DomainQuota::count(const std::string& domain, Time now) {
    const std::scoped_lock lock(mutex_);
    turn_to(now);
    ++taken_[domain];
}

void DomainQuota::turn_to(Time now) {
    const std::int64_t hour = now.time_since_epoch() / kHour;
    if (hour != hour_ || taken_.size() >= kMostDomains)
        taken_.clear();
    hour_ = hour;
}

}  // namespace kith
