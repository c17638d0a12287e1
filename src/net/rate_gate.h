// Counts what comes from one network (or for one address) and says no when it is too much. Bounded:
// when full, the longest quiet one is forgotten. Thread-safe.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace kith {

class RateGate {
  public:
    /// At most `allowed` at once, refilled evenly over `window`.
    RateGate(std::uint64_t allowed, Seconds window, std::size_t capacity = 16'384);

    void set(std::uint64_t allowed, Seconds window);
    /// Takes one; false when there is none left for `key`.
    bool pass(std::string_view key, std::chrono::steady_clock::time_point now);
    /// Takes `amount`, or what is left of it.
    void take(std::string_view key, double amount, std::chrono::steady_clock::time_point now);
    /// There is not one left for `key`.
    bool is_spent(std::string_view key, std::chrono::steady_clock::time_point now);

  private:
    struct Bucket {
        std::string key;
        double tokens = 0;
        std::chrono::steady_clock::time_point at;
    };
    void refill(Bucket& bucket, std::chrono::steady_clock::time_point now) const;
    Bucket& bucket_of(std::string_view key, std::chrono::steady_clock::time_point now);

    double allowed_;
    double per_second_;
    const std::size_t capacity_;
    std::mutex mutex_;
    std::list<Bucket> newest_first_;
    std::unordered_map<std::string, std::list<Bucket>::iterator> buckets_;
};

/// The same for the networks that an address is in (net/address.h: client_networks): the narrow one
/// may do `allowed`, the wide one (IPv4 /24, IPv6 /48) `wide` times as much, an IPv6 /56 half of
/// that. So neither a customer's many addresses nor a rack of machines multiply what one may do.
class NetworkGate {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    NetworkGate(std::uint64_t allowed, Seconds window, std::uint64_t wide);

    void set(std::uint64_t allowed, Seconds window, std::uint64_t wide);
    /// Takes one of each; false when one of them has none left.
    bool pass(const boost::asio::ip::address& client, Moment now);
    void take(const boost::asio::ip::address& client, double amount, Moment now);
    /// One of them has none left.
    bool is_spent(const boost::asio::ip::address& client, Moment now);
    /// The narrow one has none left.
    bool is_narrow_spent(const boost::asio::ip::address& client, Moment now);

  private:
    RateGate narrow_;
    RateGate middle_;
    RateGate wide_;
    std::array<RateGate*, 3> gates_of(std::size_t networks);
};

}  // namespace kith
