#include "trust/fan_out_breaker.h"

#include <algorithm>

namespace kith {
namespace {

constexpr std::uint64_t kMostRecipients = 1'000'000'000;

}  // namespace

std::uint64_t FanOutBreaker::limit(Time now, std::uint64_t floor) const {
    return std::max(floor, 3 * hours_.usual(now));
}

// What a device confirmed in the hour before is not held against this one.
std::uint64_t FanOutBreaker::left(Time now, std::uint64_t floor) const {
    const std::uint64_t unasked = limit(now, floor);
    const std::uint64_t may = unasked + (hours_.hour_at(now) == hours_.hour() ? confirmed_ : 0);
    return may - std::min(may, hours_.lately(now, unasked));
}

void FanOutBreaker::advance(Time now) {
    if (hours_.turn_to(now))
        confirmed_ = 0;
}

FanOutBreaker::Answer FanOutBreaker::take(std::uint64_t recipients, Time now, std::uint64_t floor) {
    advance(now);
    if (recipients > left(now, floor))
        return Answer::step_up;
    hours_.add(recipients, now);
    return Answer::pass;
}

void FanOutBreaker::confirm(std::uint64_t recipients, Time now) {
    advance(now);
    confirmed_ = std::min(confirmed_ + std::min(recipients, kMostRecipients), kMostRecipients);
}

std::string write_fan_out(const FanOutBreaker& breaker) {
    RecordWriter out;
    out.add(static_cast<std::uint64_t>(breaker.hours_.hour())).add(breaker.confirmed_);
    breaker.hours_.write(out);
    return out.take();
}

Result<FanOutBreaker> parse_fan_out(std::string_view text) {
    RecordReader in(text, "fan-out");
    TRY(in.begin(kMaxBusyHours));
    FanOutBreaker breaker;
    const std::int64_t hour = TRY(BusyHours::read_hour(in));
    breaker.confirmed_ = TRY(in.number("confirmed", kMostRecipients));
    breaker.hours_ = TRY(BusyHours::read(in, hour, "recipients"));
    return breaker;
}

}  // namespace kith
