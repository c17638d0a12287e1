// Alarms about an account here (protocol section 3.7): who said, lately, that its key is in a
// thief's hands; and whether so many did that it is challenged (trust/report_quorum.h): it begins
// no new threads then, until its owner has shown the recovery key, or two devices.
#pragma once

#include <string>
#include <vector>

#include "note/alarm.h"
#include "store/store.h"

namespace kith {

struct HeardAlarm {
    Hash root;  ///< of whoever said it
    std::string from;
    Time at;  ///< when it came
};

/// Verified by the caller. Within a write of the store; false when it changes nothing.
bool hear_alarm(WriteTransaction& write, AccountId account, const Alarm& alarm, Time now);
/// Those of the last 30 days that the owner has not met yet, the oldest first.
std::vector<HeardAlarm> alarms_about(ReadTransaction& read, AccountId account, Time now);
bool is_challenged(ReadTransaction& read, AccountId account, Time now);
/// The owner has shown that it is them.
void meet_challenge(WriteTransaction& write, AccountId account, Time now);

}  // namespace kith
