#include "trust/price.h"

#include <algorithm>

#include "base/bytes.h"
#include "note/stamp.h"

namespace kith {
namespace {

constexpr Seconds kHour = std::chrono::hours{1};
constexpr std::size_t kSeedOctets = 16;

std::int64_t hour_of(Time time) {
    return time.time_since_epoch() / kHour;
}

}  // namespace

StrangerPrice::StrangerPrice(std::string domain, Secret key, std::uint64_t effort)
    : domain_(std::move(domain)),
      key_(std::move(key)),
      effort_(effort),
      effort_before_(effort),
      puzzle_(make_target_puzzle()) {
    KITH_CHECK(key_.size() == 32 && effort_ >= 1 && effort_ <= kMaxEffort);
}

void StrangerPrice::set_effort(std::uint64_t effort, Time now) {
    KITH_CHECK(effort >= 1 && effort <= kMaxEffort);
    if (effort == effort_)
        return;
    const bool still = hour_of(now) <= last_hour_before_;
    effort_before_ = still ? std::min<std::uint64_t>(effort_before_, effort_) : effort_.get();
    last_hour_before_ = hour_of(now);
    effort_ = effort;
}

std::string StrangerPrice::seed(std::int64_t hour) const {
    const std::string message = "kith/1 price seed\n" + std::to_string(hour) + "\n";
    const ByteArray<32> mac = hmac_sha256(key_.view(), as_bytes(message));
    return hex(ByteView(mac).first(kSeedOctets));
}

Price StrangerPrice::current(Time now) const {
    const std::int64_t hour = hour_of(now);
    Price price;
    price.domain = domain_;
    price.puzzle = puzzle_->name();
    price.effort = effort_;
    price.seed = seed(hour);
    price.time = Time(hour * kHour);
    price.expires = Time((hour + 2) * kHour);
    return price;
}

StampEvidence StrangerPrice::verify_stamp(const Hash& stub, std::string_view line, Time now) const {
    using State = StampEvidence::State;
    const auto stamp = parse_stamp(line);
    if (!stamp || stamp->puzzle != puzzle_->name())
        return {State::wrong, 0};
    const std::int64_t hour = hour_of(now);
    const bool of_this_hour = stamp->seed == seed(hour);
    const std::uint64_t asked_before =
        (of_this_hour ? hour : hour - 1) <= last_hour_before_ ? effort_before_ : effort_;
    if (stamp->effort < std::min<std::uint64_t>(effort_, asked_before))
        return {State::low, stamp->effort};
    if (!of_this_hour && stamp->seed != seed(hour - 1))
        return {State::stale, stamp->effort};
    const std::string challenge = stamp_challenge(*stamp, stub);
    const bool solved =
        puzzle_->check(as_bytes(challenge), stamp->solution, stamp->effort).has_value();
    return {solved ? State::good : State::wrong, stamp->effort};
}

}  // namespace kith
