#include "access/rate_gate.h"

#include <algorithm>

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

bool RateGate::pass(std::string_view key, std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
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
    Bucket& bucket = *found->second;
    const double quiet = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(allowed_, bucket.tokens + std::max(0.0, quiet) * per_second_);
    bucket.at = now;
    if (bucket.tokens < 1)
        return false;
    bucket.tokens -= 1;
    return true;
}

}  // namespace kith
