// Alarms about an account here (protocol section 3.7): who said, lately, that its key is in a
// thief's hands. Several of them challenge the account (challenge.h).
#pragma once

#include <string>
#include <vector>

#include "delivery/challenge.h"
#include "note/alarm.h"

namespace kith {

struct HeardAlarm {
    Hash root;  ///< of whoever said it
    std::string from;
    Time at;  ///< when it came
};

/// Verified by the caller. Within a write of the store.
Complaint hear_alarm(WriteTransaction& write, AccountId account, const Alarm& alarm, Time now);
/// Those of the last 30 days that the owner has not met yet, the oldest first.
std::vector<HeardAlarm> alarms_about(ReadTransaction& read, AccountId account, Time now);
/// The owner has shown that it is them. True: the account was challenged.
bool meet_challenge(WriteTransaction& write, AccountId account, Time now);

}  // namespace kith
