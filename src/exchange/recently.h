// Names that failed a moment ago: what was not there, or could not be had, is not asked for again
// at once (negative caching). In memory, bounded.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace kith {

/// Thread-safe. When full, what is over goes; if nothing is, it begins anew.
class Recently {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit Recently(Seconds life, std::size_t most = 10'000) : life_(life), most_(most) {}

    void add(const std::string& name, Moment now) {
        const std::scoped_lock lock(mutex_);
        if (until_.size() >= most_)
            std::erase_if(until_, [now](const auto& each) { return each.second <= now; });
        if (until_.size() >= most_)
            until_.clear();
        until_.insert_or_assign(name, now + life_);
    }
    void remove(const std::string& name) {
        const std::scoped_lock lock(mutex_);
        until_.erase(name);
    }
    bool contains(const std::string& name, Moment now) const {
        const std::scoped_lock lock(mutex_);
        const auto found = until_.find(name);
        return found != until_.end() && found->second > now;
    }

  private:
    const Seconds life_;
    const std::size_t most_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Moment> until_;
};

}  // namespace kith
