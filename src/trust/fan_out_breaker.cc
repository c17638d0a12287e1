#include "trust/fan_out_breaker.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "trust/record_text.h"

namespace kith {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::uint64_t kMostRecipients = 1'000'000'000;
constexpr std::int64_t kMostHours = 70'389'528;  // to the year 9999
constexpr std::size_t kMaxRecord = 32'768;

// Nearest rank: of 672 hours in rising order the 639th, which is the 34th from above.
constexpr auto kRankFromAbove =
    static_cast<std::size_t>(kFanOutHours - (kFanOutHours * 95 + 99) / 100 + 1);
static_assert(kRankFromAbove == 34);

}  // namespace

std::int64_t FanOutBreaker::hour_at(Time now) const {
    return std::max(now.time_since_epoch().count() / kHour, hour_);
}

std::uint64_t FanOutBreaker::limit(Time now) const {
    const std::int64_t hour = hour_at(now);
    std::vector<std::uint64_t> busy;
    for (const auto& [when, recipients] : hours_)
        if (when < hour && when >= hour - kFanOutHours)
            busy.push_back(recipients);
    if (busy.size() < kRankFromAbove)
        return kFanOutFloor;
    const auto nth = busy.begin() + (kRankFromAbove - 1);
    std::ranges::nth_element(busy, nth, std::greater());
    return std::max(kFanOutFloor, 3 * *nth);
}

// In the last sixty minutes, as if the hour before had gone evenly. What a device confirmed then is
// not held against this hour.
std::uint64_t FanOutBreaker::used(Time now, std::uint64_t limit) const {
    const std::int64_t hour = hour_at(now);
    const std::int64_t into =
        std::max<std::int64_t>(now.time_since_epoch().count() - hour * kHour, 0);
    const auto in = [this](std::int64_t which) {
        const auto found = hours_.find(which);
        return found == hours_.end() ? 0 : found->second;
    };
    const auto share = static_cast<std::uint64_t>(kHour - into);
    return in(hour) + std::min(in(hour - 1), limit) * share / kHour;
}

std::uint64_t FanOutBreaker::left(Time now) const {
    const std::uint64_t unasked = limit(now);
    const std::uint64_t may = unasked + (hour_at(now) == hour_ ? confirmed_ : 0);
    return may - std::min(may, used(now, unasked));
}

void FanOutBreaker::advance(Time now) {
    const std::int64_t hour = hour_at(now);
    if (hour != hour_)
        confirmed_ = 0;
    hour_ = hour;
    std::erase_if(hours_, [hour](const auto& one) { return one.first < hour - kFanOutHours; });
}

FanOutBreaker::Answer FanOutBreaker::take(std::uint64_t recipients, Time now) {
    advance(now);
    if (recipients > left(now))
        return Answer::step_up;
    if (recipients > 0)
        hours_[hour_] = std::min(hours_[hour_] + recipients, kMostRecipients);
    return Answer::pass;
}

void FanOutBreaker::confirm(std::uint64_t recipients, Time now) {
    advance(now);
    confirmed_ = std::min(confirmed_ + std::min(recipients, kMostRecipients), kMostRecipients);
}

std::string write_fan_out(const FanOutBreaker& breaker) {
    RecordWriter out;
    out.add(static_cast<std::uint64_t>(breaker.hour_)).add(breaker.confirmed_);
    for (const auto& [hour, recipients] : breaker.hours_)
        out.add(static_cast<std::uint64_t>(hour)).add(recipients);
    return out.take();
}

Result<FanOutBreaker> parse_fan_out(std::string_view text) {
    RecordReader in(text, "fan-out");
    TRY(in.begin(kMaxRecord));
    FanOutBreaker breaker;
    breaker.hour_ = static_cast<std::int64_t>(TRY(in.number("hour", kMostHours)));
    breaker.confirmed_ = TRY(in.number("confirmed", kMostRecipients));
    while (!in.at_end()) {
        const auto hour = static_cast<std::int64_t>(TRY(in.number("hour", kMostHours)));
        const std::uint64_t recipients = TRY(in.number("recipients", kMostRecipients));
        const bool in_order = breaker.hours_.empty() || hour > breaker.hours_.rbegin()->first;
        if (!in_order || hour > breaker.hour_ || hour < breaker.hour_ - kFanOutHours ||
            recipients == 0)
            return in.malformed("recipients", "not of the last 28 days, in order");
        breaker.hours_.emplace_hint(breaker.hours_.end(), hour, recipients);
    }
    return breaker;
}

}  // namespace kith
