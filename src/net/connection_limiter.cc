#include "net/connection_limiter.h"

#include <algorithm>
#include <utility>

#include "net/address.h"

namespace kith {

ConnectionLimiter::Permit::~Permit() {
    if (limiter_)
        limiter_->release(networks_);
}

void ConnectionLimiter::set(std::size_t total, std::size_t per_prefix, std::size_t wide) {
    std::lock_guard lock(mutex_);
    total_ = total;
    per_prefix_ = per_prefix;
    wide_ = wide;
}

std::optional<ConnectionLimiter::Permit> ConnectionLimiter::admit(
    const boost::asio::ip::address& client) {
    auto networks = client_networks(client);
    std::lock_guard lock(mutex_);
    if (open_ >= total_)
        return std::nullopt;
    for (std::size_t i = 0; i < networks.size(); ++i) {
        const auto here = prefixes_.find(networks[i]);
        if (here != prefixes_.end() && here->second >= most(i, networks.size()))
            return std::nullopt;
    }
    for (const std::string& network : networks)
        ++prefixes_[network];
    ++open_;
    return Permit(shared_from_this(), std::move(networks));
}

std::size_t ConnectionLimiter::most(std::size_t place, std::size_t networks) const {
    if (place == 0)
        return per_prefix_;
    const bool widest = place + 1 == networks;
    return per_prefix_ * (widest ? wide_ : std::max<std::size_t>(1, wide_ / 2));
}

std::size_t ConnectionLimiter::open() const {
    std::lock_guard lock(mutex_);
    return open_;
}

void ConnectionLimiter::release(const std::vector<std::string>& networks) {
    std::lock_guard lock(mutex_);
    --open_;
    for (const std::string& network : networks) {
        auto found = prefixes_.find(network);
        if (found != prefixes_.end() && --found->second == 0)
            prefixes_.erase(found);
    }
}

}  // namespace kith
