#include "net/dns_cache.h"

namespace kith {
namespace {

constexpr std::size_t kEntryOctets = 256;  // of the maps and strings around an answer, about

std::size_t size_of(const std::string& name, const Result<DnsAnswer>& answer) {
    std::size_t octets = kEntryOctets + 2 * name.size();
    if (answer)
        for (const Bytes& record : answer->records)
            octets += sizeof(Bytes) + record.size();
    return octets;
}

}  // namespace

std::optional<Result<DnsAnswer>> DnsCache::find(const std::string& name,
                                                DnsType type,
                                                SteadyTime now) {
    const std::lock_guard lock(mutex_);
    const Key key{name, type};
    auto at = young_.find(key);
    if (at == young_.end()) {
        auto moved = old_.extract(key);
        if (moved.empty() || moved.mapped().until <= now)
            return std::nullopt;
        keep(key, std::move(moved.mapped()));
        at = young_.find(key);
    }
    if (at->second.until <= now)
        return std::nullopt;
    Result<DnsAnswer> answer = at->second.answer;
    if (answer)
        answer->ttl = std::chrono::ceil<Seconds>(at->second.until - now);
    return answer;
}

void DnsCache::put(
    const std::string& name, DnsType type, Result<DnsAnswer> answer, Seconds ttl, SteadyTime now) {
    if (ttl <= Seconds(0) || size_of(name, answer) > octets_of_half_)
        return;
    const std::lock_guard lock(mutex_);
    old_.erase({name, type});
    keep({name, type}, {.answer = std::move(answer), .until = now + ttl});
}

// Room is made by forgetting whatever nobody has asked for since the younger half was begun.
void DnsCache::keep(Key key, Entry entry) {
    const std::size_t octets = size_of(key.first, entry.answer);
    if (young_octets_ + octets > octets_of_half_) {
        old_ = std::exchange(young_, {});
        old_.erase(key);
        young_octets_ = 0;
    }
    young_octets_ += octets;
    young_.insert_or_assign(std::move(key), std::move(entry));
}

}  // namespace kith
