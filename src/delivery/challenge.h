// Complaints about an account here, by alarm (protocol section 3.7) or by the outcome of a message
// (5.6), whoever of its recipients has them; and whether so many came that it is challenged
// (trust/report_quorum.h): it begins no new threads then, until its owner has shown the recovery
// key, or two devices.
#pragma once

#include "store/store.h"

namespace kith {

enum class Complaint {
    ignored,     ///< over what one person may say in a day
    counted,     ///< or was there already
    challenges,  ///< counted, and with it the account is challenged
};

/// `root`: of whoever complains, which the caller has verified. Within a write of the store.
Complaint hear_complaint(WriteTransaction& write, AccountId account, const Hash& root, Time now);
bool is_challenged(ReadTransaction& read, AccountId account, Time now);
/// What was said before is void, and what will yet be said of mail of before.
void void_complaints(WriteTransaction& write, AccountId account, Time now);
/// When the owner has shown for the last time that it is them; 1970 when they never had to.
Time challenge_met(ReadTransaction& read, AccountId account);

}  // namespace kith
