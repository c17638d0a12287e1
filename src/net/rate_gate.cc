#include "net/rate_gate.h"

#include <algorithm>

#include "net/address.h"

namespace kith {

RateGate::RateGate(std::uint64_t allowed, Seconds window, std::size_t capacity)
    : allowed_(static_cast<double>(allowed)),
      per_second_(static_cast<double>(allowed) / static_cast<double>(window.count())),
      capacity_(capacity) {}

void RateGate::set(std::uint64_t allowed, Seconds window) {
    const std::lock_guard lock(mutex_);
    allowed_ = static_cast<double>(allowed);
    per_second_ = allowed_ / static_cast<double>(window.count());
}

void RateGate::refill(Bucket& bucket, std::chrono::steady_clock::time_point now) const {
    const double quiet = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(allowed_, bucket.tokens + std::max(0.0, quiet) * per_second_);
    bucket.at = now;
}

RateGate::Bucket& RateGate::bucket_of(std::string_view key,
                                      std::chrono::steady_clock::time_point now) {
    auto found = buckets_.find(std::string(key));
    if (found == buckets_.end()) {
        if (buckets_.size() >= capacity_) {
            buckets_.erase(newest_first_.back().key);
            newest_first_.pop_back();
        }
        newest_first_.push_front({std::string(key), allowed_, now});
        found = buckets_.emplace(std::string(key), newest_first_.begin()).first;
    } else {
        newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    }
    refill(*found->second, now);
    return *found->second;
}

bool RateGate::pass(std::string_view key, std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = bucket_of(key, now);
    if (bucket.tokens < 1)
        return false;
    bucket.tokens -= 1;
    return true;
}

void RateGate::take(std::string_view key,
                    double amount,
                    std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = bucket_of(key, now);
    bucket.tokens = std::max(0.0, bucket.tokens - amount);
}

// Who did nothing yet gets no bucket by being asked about.
bool RateGate::is_spent(std::string_view key, std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto found = buckets_.find(std::string(key));
    if (found == buckets_.end())
        return allowed_ < 1;
    refill(*found->second, now);
    return found->second->tokens < 1;
}

NetworkGate::NetworkGate(std::uint64_t allowed, Seconds window, std::uint64_t wide)
    : narrow_(allowed, window), middle_(allowed, window), wide_(allowed, window) {
    set(allowed, window, wide);
}

void NetworkGate::set(std::uint64_t allowed, Seconds window, std::uint64_t wide) {
    narrow_.set(allowed, window);
    middle_.set(allowed * std::max<std::uint64_t>(1, wide / 2), window);
    wide_.set(allowed * wide, window);
}

// IPv4 has two networks, IPv6 three.
std::array<RateGate*, 3> NetworkGate::gates_of(std::size_t networks) {
    if (networks == 2)
        return {&narrow_, &wide_, nullptr};
    return {&narrow_, &middle_, &wide_};
}

bool NetworkGate::pass(const boost::asio::ip::address& client, Moment now) {
    const auto networks = client_networks(client);
    const auto gates = gates_of(networks.size());
    for (std::size_t i = 0; i < networks.size(); ++i)
        if (!gates[i]->pass(networks[i], now))
            return false;
    return true;
}

void NetworkGate::take(const boost::asio::ip::address& client, double amount, Moment now) {
    const auto networks = client_networks(client);
    const auto gates = gates_of(networks.size());
    for (std::size_t i = 0; i < networks.size(); ++i)
        gates[i]->take(networks[i], amount, now);
}

bool NetworkGate::is_spent(const boost::asio::ip::address& client, Moment now) {
    const auto networks = client_networks(client);
    const auto gates = gates_of(networks.size());
    for (std::size_t i = 0; i < networks.size(); ++i)
        if (gates[i]->is_spent(networks[i], now))
            return true;
    return false;
}

bool NetworkGate::is_narrow_spent(const boost::asio::ip::address& client, Moment now) {
    return narrow_.is_spent(client_prefix(client), now);
}

}  // namespace kith
