#include "exchange/network_standings.h"

#include <algorithm>

namespace kith {

void NetworkStandings::note(const std::string& network, const std::string& domain, Time now) {
    const std::scoped_lock lock(mutex_);
    auto found = networks_.find(network);
    if (found == networks_.end()) {
        if (networks_.size() >= most_networks_) {
            networks_.erase(newest_first_.back().name);
            newest_first_.pop_back();
        }
        newest_first_.push_front({.name = network, .latest = now, .domains = {}});
        found = networks_.emplace(network, newest_first_.begin()).first;
    } else {
        newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    }
    Network& here = *found->second;
    here.latest = now;
    here.domains[domain] = now;
    if (here.domains.size() > most_domains_)
        here.domains.erase(std::ranges::min_element(
            here.domains, {}, [](const auto& each) { return each.second; }));
}

bool NetworkStandings::has(const std::string& network, const std::string& domain, Time now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = networks_.find(network);
    if (found == networks_.end())
        return false;
    const auto here = found->second->domains.find(domain);
    return here != found->second->domains.end() && here->second + kLife > now;
}

bool NetworkStandings::has_any(const std::string& network, Time now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = networks_.find(network);
    return found != networks_.end() && found->second->latest + kLife > now;
}

}  // namespace kith
