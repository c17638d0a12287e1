#include "trust/price_control.h"

#include <algorithm>

#include "base/result.h"
#include "note/stamp.h"
#include "trust/record_text.h"

namespace kith {
namespace {

std::uint64_t add_clipped(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

// Two thirds, without an overflow.
std::uint64_t fallen(std::uint64_t effort) {
    return effort / 3 * 2 + effort % 3 * 2 / 3;
}

constexpr std::uint64_t kMostPeriods = 1'000'000'000;  // to the year 11476
constexpr std::uint64_t kMostTaken = std::uint64_t{1} << 40;
constexpr std::size_t kMaxRecord = 256;

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

std::string write_price_control(const PriceControl& control) {
    RecordWriter out;
    out.add(control.effort_)
        .add(static_cast<std::uint64_t>(control.period_))
        .add(std::min(control.taken_, kMostTaken))
        .add(control.total_);
    return out.take();
}

Result<PriceControl> parse_price_control(std::string_view text, PriceBounds bounds) {
    RecordReader in(text, "price");
    TRY(in.begin(kMaxRecord));
    PriceControl control(bounds);
    control.effort_ = TRY(in.number("effort", kMaxEffort));
    control.period_ = static_cast<std::int64_t>(TRY(in.number("period", kMostPeriods)));
    control.taken_ = TRY(in.number("taken", kMostTaken));
    control.total_ = TRY(in.number("total", UINT64_MAX));
    TRY(in.end());
    control.set_bounds(bounds);
    return control;
}

}  // namespace kith
