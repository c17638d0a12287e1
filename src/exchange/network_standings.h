// Which networks have lately brought mail that people here wanted, and of which domains. In memory
// and no evidence: it says whose deliveries are served first under load, never what becomes of
// them. A claim in a delivery gives no standing, so that who claims to be somebody's friend learns
// nothing from how he is served.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace kith {

/// Thread-safe. Bounded: the network longest quiet is forgotten first, of a network the domain.
class NetworkStandings {
  public:
    explicit NetworkStandings(std::size_t networks = 16'384, std::size_t domains = 256)
        : most_networks_(networks), most_domains_(domains) {}

    /// A delivery of `domain` to somebody who knows its sender was taken.
    void note(const std::string& network, const std::string& domain, Time now);
    /// It brought such mail within kLife; of that domain, of any.
    bool has(const std::string& network, const std::string& domain, Time now) const;
    bool has_any(const std::string& network, Time now) const;

    static constexpr Seconds kLife{7 * 86'400};

  private:
    struct Network {
        std::string name;
        Time latest;
        std::map<std::string, Time> domains;
    };

    const std::size_t most_networks_;
    const std::size_t most_domains_;
    mutable std::mutex mutex_;
    std::list<Network> newest_first_;
    std::unordered_map<std::string, std::list<Network>::iterator> networks_;
};

}  // namespace kith
