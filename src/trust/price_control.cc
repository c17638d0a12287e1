#include "trust/price_control.h"

#include <algorithm>

#include "base/result.h"

namespace kith {
namespace {

std::uint64_t add_clipped(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

// Two thirds, without an overflow.
std::uint64_t fallen(std::uint64_t effort) {
    return effort / 3 * 2 + effort % 3 * 2 / 3;
}

}  // namespace

PriceControl::PriceControl(PriceBounds bounds) : bounds_(bounds), effort_(bounds.least) {
    set_bounds(bounds);
}

void PriceControl::set_bounds(PriceBounds bounds) {
    KITH_CHECK(bounds.least >= 1 && bounds.most >= bounds.least && bounds.many >= 1);
    bounds_ = bounds;
    effort_ = std::clamp(effort_, bounds_.least, bounds_.most);
}

std::uint64_t PriceControl::effort(Time now) {
    close_periods(now);
    return effort_;
}

void PriceControl::count(std::uint64_t effort, Time now) {
    close_periods(now);
    ++taken_;
    total_ = add_clipped(total_, effort);
}

void PriceControl::close_periods(Time now) {
    const std::int64_t current = now.time_since_epoch() / kPeriod;
    if (period_ == 0)
        period_ = current;
    for (; period_ < current; ++period_) {
        if (taken_ > bounds_.many)
            effort_ = std::max(effort_ + 1, total_ / bounds_.many);
        else if (taken_ <= bounds_.many / 2)
            effort_ = fallen(effort_);
        effort_ = std::clamp(effort_, bounds_.least, bounds_.most);
        taken_ = total_ = 0;
        // All that follow are quiet, and change nothing any more.
        if (effort_ == bounds_.least)
            period_ = current - 1;
    }
}

}  // namespace kith
