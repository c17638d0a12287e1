#include "delivery/domain_quota.h"

#include <algorithm>

namespace kith {
namespace {

std::string key_of(const std::string& domain) {
    return "domain-hours/" + domain;
}

}  // namespace

bool DomainQuota::is_over(const std::string& domain, const DomainAllowance& allowance, Time now) {
    const std::scoped_lock lock(mutex_);
    const auto known = domains_.find(domain);
    if (known == domains_.end())
        return allowance.most == 0;
    const BusyHours& hours = known->second->hours;
    const std::uint64_t usual = std::max(allowance.at_first, allowance.times * hours.usual(now));
    const std::uint64_t may = std::min(usual, allowance.most);
    return hours.lately(now, may) >= may;
}

void DomainQuota::count(const std::string& domain, WriteTransaction& write, Time now) {
    const std::scoped_lock lock(mutex_);
    auto known = domains_.find(domain);
    if (known == domains_.end()) {
        const auto stored = parse_busy_hours(write.value(key_of(domain)).value_or(""));
        newest_first_.push_front({domain, stored ? *stored : BusyHours()});
        known = domains_.emplace(domain, newest_first_.begin()).first;
        if (domains_.size() > kMostDomains) {
            domains_.erase(newest_first_.back().name);
            newest_first_.pop_back();
        }
    }
    newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
    BusyHours& hours = known->second->hours;
    const bool another_hour = hours.turn_to(now);
    hours.add(1, now);
    if (another_hour)
        write.put_value(key_of(domain), write_busy_hours(hours));
}

}  // namespace kith
