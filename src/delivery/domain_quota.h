// How much each domain brings in an hour, and what is usual for it (trust/busy_hours.h). It bounds
// load, it is no credit: what is usual is in the store, written once in an hour that has any, and a
// restart forgets no more than that hour.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "store/store.h"
#include "trust/busy_hours.h"

namespace kith {

/// What a domain may bring in an hour: `at_first`, or `times` what is usual for it, where that is
/// more; never over `most`.
struct DomainAllowance {
    std::uint64_t at_first = 100;
    std::uint64_t times = 3;
    std::uint64_t most = 100'000;
};

/// Thread-safe. Bounded: of many domains the one longest quiet is forgotten, and found in the
/// store.
class DomainQuota {
  public:
    /// False for one that nothing was counted of since the start.
    bool is_over(const std::string& domain, const DomainAllowance& allowance, Time now);
    /// One more was taken. Within the write that stores it: which may run again, or fail, so that a
    /// few may be counted twice.
    void count(const std::string& domain, WriteTransaction& write, Time now);

  private:
    static constexpr std::size_t kMostDomains = 10'000;
    struct Domain {
        std::string name;
        BusyHours hours;
    };

    std::mutex mutex_;
    std::list<Domain> newest_first_;
    std::unordered_map<std::string, std::list<Domain>::iterator> domains_;
};

}  // namespace kith
