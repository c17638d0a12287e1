#include "mail/mail_date.h"

#include <fmt/format.h>

#include <array>

namespace kith {

// The names are those of the RFC, whatever the locale.
std::string format_mail_date(Time time) {
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(time - days);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                       kDays.at(std::chrono::weekday(days).c_encoding()),
                       static_cast<unsigned>(date.day()),
                       kMonths.at(static_cast<unsigned>(date.month()) - 1),
                       static_cast<int>(date.year()),
                       clock.hours().count(),
                       clock.minutes().count(),
                       clock.seconds().count());
}

}  // namespace kith
