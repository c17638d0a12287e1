// Answers of DNS that are asked for again and again, on the thread that asks. libunbound has a
// cache of its own, but to ask it costs two changes of thread and a round through its machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "net/resolver.h"

namespace kith {

/// Keeps what was found, and that there is nothing, for as long as the answer says. Bounded; what
/// was not asked for lately goes first. Thread-safe.
class DnsCache {
  public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// `octets`: of answers, about.
    explicit DnsCache(std::size_t octets) : octets_of_half_(octets / 2) {}

    /// Its ttl is what is left of it. `name` in lower case, without the last dot.
    std::optional<Result<DnsAnswer>> find(const std::string& name, DnsType type, SteadyTime now);
    /// `answer`: an answer, or not_found.
    void put(const std::string& name,
             DnsType type,
             Result<DnsAnswer> answer,
             Seconds ttl,
             SteadyTime now);

  private:
    struct Entry {
        Result<DnsAnswer> answer;
        SteadyTime until;
    };
    using Key = std::pair<std::string, DnsType>;

    void keep(Key key, Entry entry);

    std::mutex mutex_;
    std::size_t octets_of_half_;
    std::map<Key, Entry> young_;  // asked for since it was begun
    std::map<Key, Entry> old_;
    std::size_t young_octets_ = 0;
};

}  // namespace kith
