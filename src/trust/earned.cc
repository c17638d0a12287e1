#include "trust/earned.h"

#include <array>

namespace kith {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kDays = 14;
constexpr int kBits = 32;

// 2^(-day/14) in 32 bits behind the point.
constexpr std::array<std::int64_t, kDays + 1> kCurve = {4294967296,
                                                        4087499558,
                                                        3890053517,
                                                        3702145077,
                                                        3523313526,
                                                        3353120405,
                                                        3191148437,
                                                        3037000500,
                                                        2890298656,
                                                        2750683221,
                                                        2617811889,
                                                        2491358886,
                                                        2371014177,
                                                        2256482700,
                                                        2147483648};
static_assert(Seconds(kDays * kDaySeconds) == kEarnedHalfLife);

// What is behind this many halvings is less than a unit.
constexpr std::int64_t kMostHalvings = 30;
static_assert(kMostEarned.units() >> kMostHalvings == 0);

}  // namespace

Credit Earned::at(Time now) const {
    if (now <= since_)
        return amount_;
    const std::int64_t seconds = (now - since_).count();
    const std::int64_t halvings = seconds / (kDays * kDaySeconds);
    if (halvings >= kMostHalvings)
        return {};
    const auto day = static_cast<std::size_t>(seconds / kDaySeconds % kDays);
    const std::int64_t fall = kCurve[day] - kCurve[day + 1];
    const std::int64_t factor = kCurve[day] - fall * (seconds % kDaySeconds) / kDaySeconds;
    return Credit::of_units((amount_.units() * factor) >> (kBits + halvings));
}

Credit Earned::refill(Time from, Time to) const {
    return to > from ? (at(from) - at(to)) * 2 : Credit();
}

void Earned::add(Credit credit, Time now) {
    const Credit left = at(now);
    since_ = std::max(since_, now);
    amount_ = std::min(left + credit, kMostEarned);
}

void Earned::forfeit(Credit credit, Time now) {
    const Credit left = at(now);
    since_ = std::max(since_, now);
    amount_ = left - std::min(credit, left);
}

}  // namespace kith
