// How much each domain has sent in this hour. In memory: it bounds load, it is no credit, so that a
// restart may forget it, and a message costs no row for it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace kith {

/// Thread-safe. Bounded: when too many domains have written in one hour, the counting begins anew.
class DomainQuota {
  public:
    std::int64_t taken(const std::string& domain, Time now);
    void count(const std::string& domain, Time now);

  private:
    static constexpr std::size_t kMostDomains = 100'000;
    void turn_to(Time now);

    std::mutex mutex_;
    std::int64_t hour_ = 0;
    std::unordered_map<std::string, std::int64_t> taken_;
};

}  // namespace kith
