#include "net/connection_limiter.h"

#include <utility>

#include "net/address.h"

namespace kith {

ConnectionLimiter::Permit::~Permit() {
    if (limiter_)
        limiter_->release(prefix_);
}

void ConnectionLimiter::set(std::size_t total, std::size_t per_prefix) {
    std::lock_guard lock(mutex_);
    total_ = total;
    per_prefix_ = per_prefix;
}

std::optional<ConnectionLimiter::Permit> ConnectionLimiter::admit(
    const boost::asio::ip::address& client) {
    std::string prefix = client_prefix(client);
    std::lock_guard lock(mutex_);
    if (open_ >= total_)
        return std::nullopt;
    std::size_t& here = prefixes_[prefix];
    if (here >= per_prefix_)
        return std::nullopt;
    ++here;
    ++open_;
    return Permit(shared_from_this(), std::move(prefix));
}

std::size_t ConnectionLimiter::open() const {
    std::lock_guard lock(mutex_);
    return open_;
}

void ConnectionLimiter::release(const std::string& prefix) {
    std::lock_guard lock(mutex_);
    --open_;
    auto found = prefixes_.find(prefix);
    if (found != prefixes_.end() && --found->second == 0)
        prefixes_.erase(found);
}

}  // namespace kith
