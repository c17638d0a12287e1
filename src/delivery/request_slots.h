// Which of the strangers who wait become visible (protocol section 5.7; the choice itself is
// trust/requests_view.h), booked in the account's messages. The slots of a day are filled while it
// lasts, when the person looks; and once it is over, as if they had looked at its end. So whether a
// stub has had its day does not say whether anybody looked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/store.h"
#include "trust/requests_view.h"

namespace kith {

/// 32 secret octets for the draw of a day (days since 1970).
using DaySeed = std::function<Bytes(std::int64_t day)>;

std::int64_t day_of(Time time);

/// Held messages that were not shown yet have their day, of the days before today. What became
/// visible waits for show_requests(), which tells it. False: they had it already.
Result<bool> close_days(WriteTransaction& write, AccountId account, const DaySeed& seed, Time now);

/// The person looks: today's slots, too. Everything that became visible since they looked last.
Result<std::vector<ChosenRequest>> show_requests(WriteTransaction& write,
                                                 AccountId account,
                                                 const DaySeed& seed,
                                                 Time now);

/// How many strangers' messages were held for the account today, by whichever way they came; those
/// that were shown or thrown away since, and those of who is blocked, count as well.
std::int64_t held_today(ReadTransaction& read, AccountId account, Time now);
void count_held(WriteTransaction& write, AccountId account, Time now);

/// Is it over, the day on which this was shown? (MessageRecord::shown)
bool had_its_day(std::int64_t shown, Time now);

}  // namespace kith
