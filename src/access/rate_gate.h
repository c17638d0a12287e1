// Counts what comes from one network (or for one address) and says no when it is too much. Bounded:
// when full, the longest quiet one is forgotten. Thread-safe.
#pragma once

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

  private:
    struct Bucket {
        std::string key;
        double tokens = 0;
        std::chrono::steady_clock::time_point at;
    };

    double allowed_;
    double per_second_;
    const std::size_t capacity_;
    std::mutex mutex_;
    std::list<Bucket> newest_first_;
    std::unordered_map<std::string, std::list<Bucket>::iterator> buckets_;
};

}  // namespace kith
