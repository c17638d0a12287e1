#include "trust/busy_hours.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace kith {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::uint64_t kMostInHour = 1'000'000'000;
constexpr std::int64_t kMostHours = 70'389'528;  // to the year 9999

// Nearest rank: of 672 hours in rising order the 639th, which is the 34th from above.
constexpr auto kRankFromAbove =
    static_cast<std::size_t>(kUsualHours - (kUsualHours * 95 + 99) / 100 + 1);
static_assert(kRankFromAbove == 34);

}  // namespace

std::int64_t BusyHours::hour_at(Time now) const {
    return std::max(now.time_since_epoch().count() / kHour, hour_);
}

std::uint64_t BusyHours::usual(Time now) const {
    const std::int64_t hour = hour_at(now);
    std::vector<std::uint64_t> busy;
    for (const auto& [when, amount] : hours_)
        if (when < hour && when >= hour - kUsualHours)
            busy.push_back(amount);
    if (busy.size() < kRankFromAbove)
        return 0;
    const auto nth = busy.begin() + (kRankFromAbove - 1);
    std::ranges::nth_element(busy, nth, std::greater());
    return *nth;
}

std::uint64_t BusyHours::lately(Time now, std::uint64_t most) const {
    const std::int64_t hour = hour_at(now);
    const std::int64_t into =
        std::max<std::int64_t>(now.time_since_epoch().count() - hour * kHour, 0);
    const auto in = [this](std::int64_t which) {
        const auto found = hours_.find(which);
        return found == hours_.end() ? 0 : found->second;
    };
    const auto share = static_cast<std::uint64_t>(kHour - into);
    return in(hour) + std::min(in(hour - 1), most) * share / kHour;
}

bool BusyHours::turn_to(Time now) {
    const std::int64_t hour = hour_at(now);
    if (hour == hour_)
        return false;
    hour_ = hour;
    std::erase_if(hours_, [hour](const auto& one) { return one.first < hour - kUsualHours; });
    return true;
}

void BusyHours::add(std::uint64_t amount, Time now) {
    turn_to(now);
    if (amount > 0)
        hours_[hour_] = std::min(hours_[hour_] + std::min(amount, kMostInHour), kMostInHour);
}

void BusyHours::write(RecordWriter& out) const {
    for (const auto& [hour, amount] : hours_)
        out.add(static_cast<std::uint64_t>(hour)).add(amount);
}

Result<std::int64_t> BusyHours::read_hour(RecordReader& in) {
    return static_cast<std::int64_t>(TRY(in.number("hour", kMostHours)));
}

Result<BusyHours> BusyHours::read(RecordReader& in, std::int64_t hour, std::string_view amount) {
    BusyHours all;
    all.hour_ = hour;
    while (!in.at_end()) {
        const std::int64_t when = TRY(read_hour(in));
        const std::uint64_t had = TRY(in.number(amount, kMostInHour));
        const bool in_order = all.hours_.empty() || when > all.hours_.rbegin()->first;
        if (!in_order || when > hour || when < hour - kUsualHours || had == 0)
            return in.malformed(amount, "not of the last 28 days, in order");
        all.hours_.emplace_hint(all.hours_.end(), when, had);
    }
    return all;
}

std::string write_busy_hours(const BusyHours& hours) {
    RecordWriter out;
    out.add(static_cast<std::uint64_t>(hours.hour()));
    hours.write(out);
    return out.take();
}

Result<BusyHours> parse_busy_hours(std::string_view text) {
    RecordReader in(text, "busy hours");
    TRY(in.begin(kMaxBusyHours));
    const std::int64_t hour = TRY(BusyHours::read_hour(in));
    return BusyHours::read(in, hour, "amount");
}

}  // namespace kith
