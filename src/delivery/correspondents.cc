#include "delivery/correspondents.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace kith {
namespace {

constexpr Seconds kDay{86'400};
constexpr std::int64_t kKept = 30;  // days, the longest that a T0 lies back

using Days = std::map<std::string, std::int64_t>;  // domain → the last day

std::string key_of(AccountId account) {
    return "written-to/" + std::to_string(account);
}

std::int64_t day_of(Time time) {
    return time.time_since_epoch() / kDay;
}

// One domain a line: "one.test 20780".
Days read_days(ReadTransaction& read, AccountId account, Time now) {
    Days days;
    const std::string text = read.value(key_of(account)).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        const auto day = parse_decimal(words.back(), 1'000'000);
        if (words.size() == 2 && day && static_cast<std::int64_t>(*day) + kKept >= day_of(now))
            days.emplace(words[0], *day);
    }
    return days;
}

void drop_oldest(Days& days) {
    while (days.size() > kMaxCorrespondents)
        days.erase(std::ranges::min_element(days, {}, &Days::value_type::second));
}

}  // namespace

void note_written_to(WriteTransaction& write,
                     AccountId account,
                     const std::set<std::string>& domains,
                     Time now) {
    Days days = read_days(write, account, now);
    bool changed = false;
    for (const std::string& domain : domains) {
        std::int64_t& day = days[domain];
        changed = changed || day != day_of(now);
        day = day_of(now);
    }
    if (!changed)
        return;
    drop_oldest(days);
    std::string text;
    for (const auto& [domain, day] : days)
        text += domain + " " + std::to_string(day) + "\n";
    write.put_value(key_of(account), text);
}

std::set<std::string> written_to(ReadTransaction& read, AccountId account, Time now) {
    std::set<std::string> domains;
    for (const auto& [domain, day] : read_days(read, account, now))
        domains.insert(domain);
    return domains;
}

}  // namespace kith
