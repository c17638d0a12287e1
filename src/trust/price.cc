#include "trust/price.h"

#include "base/bytes.h"
#include "crypto/puzzle.h"
#include "note/stamp.h"

namespace kith {
namespace {

constexpr Seconds kHour = std::chrono::hours{1};
constexpr std::size_t kEffortOctets = 7;
constexpr std::size_t kMacOctets = 9;

static_assert(kMaxEffort < std::uint64_t{1} << (8 * kEffortOctets));

std::int64_t hour_of(Time time) {
    return time.time_since_epoch() / kHour;
}

// Of a seed that is ours; of another one anything.
std::uint64_t effort_in(const std::string& seed) {
    std::uint64_t effort = 0;
    if (const auto octets = parse_hex(seed))
        for (std::size_t i = 0; i < kEffortOctets && i < octets->size(); ++i)
            effort = effort << 8 | (*octets)[i];
    return effort;
}

}  // namespace

StrangerPrice::StrangerPrice(std::string domain, Secret key, PriceBounds bounds)
    : domain_(std::move(domain)), key_(std::move(key)), control_(bounds) {
    KITH_CHECK(key_.size() == 32 && bounds.most <= kMaxEffort);
}

void StrangerPrice::set_bounds(PriceBounds bounds) {
    KITH_CHECK(bounds.most <= kMaxEffort);
    const std::scoped_lock lock(mutex_);
    control_.set_bounds(bounds);
}

std::uint64_t StrangerPrice::effort(Time now) const {
    const std::scoped_lock lock(mutex_);
    return control_.effort(now);
}

void StrangerPrice::count_taken(std::uint64_t effort, Time now) {
    const std::scoped_lock lock(mutex_);
    control_.count(effort, now);
}

std::string StrangerPrice::counted(std::string_view line, std::uint64_t effort, Time now) const {
    const std::scoped_lock lock(mutex_);
    auto kept = parse_price_control(line, control_.bounds());
    PriceControl control = kept ? *std::move(kept) : PriceControl(control_.bounds());
    control.count(effort, now);
    return write_price_control(control);
}

Result<void> StrangerPrice::restore(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    control_ = TRY(parse_price_control(line, control_.bounds()));
    return {};
}

Bytes StrangerPrice::draw(std::string_view what) const {
    const std::string message = "kith/1 draw\n" + std::string(what) + "\n";
    const ByteArray<32> mac = hmac_sha256(key_.view(), as_bytes(message));
    return {mac.begin(), mac.end()};
}

std::string StrangerPrice::seed(std::int64_t hour, std::uint64_t effort) const {
    const std::string message =
        "kith/1 price seed\n" + std::to_string(hour) + "\n" + std::to_string(effort) + "\n";
    const ByteArray<32> mac = hmac_sha256(key_.view(), as_bytes(message));
    Bytes octets(kEffortOctets);
    for (std::size_t i = 0; i < kEffortOctets; ++i)
        octets[i] = static_cast<std::uint8_t>(effort >> (8 * (kEffortOctets - 1 - i)));
    octets.insert(octets.end(), mac.begin(), mac.begin() + kMacOctets);
    return hex(octets);
}

Price StrangerPrice::current(Time now) const {
    const std::int64_t hour = hour_of(now);
    Price price;
    price.domain = domain_;
    price.puzzle = kPuzzle;
    price.effort = effort(now);
    price.seed = seed(hour, price.effort);
    price.time = Time(hour * kHour);
    price.expires = Time((hour + 2) * kHour);
    return price;
}

StampEvidence StrangerPrice::verify_stamp(const Hash& stub, std::string_view line, Time now) const {
    using State = StampEvidence::State;
    const auto stamp = parse_stamp(line);
    if (!stamp || stamp->puzzle != kPuzzle)
        return {State::wrong, 0};
    const std::uint64_t asked = effort_in(stamp->seed);
    const auto is_of = [&](std::int64_t hour) {
        return equal_in_constant_time(as_bytes(stamp->seed), as_bytes(seed(hour, asked)));
    };
    const std::int64_t hour = hour_of(now);
    if (!is_of(hour) && !is_of(hour - 1))
        return {State::stale, stamp->effort};
    if (stamp->effort < asked)
        return {State::low, stamp->effort, asked};
    const std::string challenge = stamp_challenge(*stamp, stub);
    const auto solved = check_puzzle(as_bytes(challenge), stamp->solution, stamp->effort);
    return {solved ? State::good : State::wrong, stamp->effort, asked};
}

}  // namespace kith
