// New threads at their sender's own server (protocol section 3.9): how many an account begins in an
// hour before a person has to confirm (trust/fan_out_breaker.h), and none while it is challenged.
// The breaker's state is in the store, and so in the backup.
#pragma once

#include <optional>
#include <string>

#include "note/stub.h"
#include "store/store.h"

namespace kith {

/// For how long a message that came can be answered as one; what answers an older one begins a
/// thread: else whoever holds a thief's device could answer all that ever came.
inline constexpr Seconds kAnswerable = std::chrono::days{30};

/// What came from the stub's recipient, and is answered by it.
std::optional<MessageRecord> answered_by(ReadTransaction& read,
                                         AccountId account,
                                         const Stub& stub);

/// Does the stub begin a thread with its recipient? Not an answer to what came from them in the
/// last 30 days, nor a letter to oneself. Contacts are no exception: a thief floods contacts.
bool begins_thread(ReadTransaction& read, AccountId account, const Stub& stub, Time now);

enum class Begin {
    go,           ///< counted
    unconfirmed,  ///< too many for the hour: a person confirms first
    challenged,   ///< the owner shows first that it is them
};
/// What the domain has set for this account, be it a mailing list, in place of the server's limit.
std::optional<std::uint64_t> threads_an_hour(ReadTransaction& read, AccountId account);
/// Nothing: the server's limit holds again.
void set_threads_an_hour(WriteTransaction& write,
                         AccountId account,
                         std::optional<std::uint64_t> number);

/// Asks for so many recipients, all or none. `an_hour`: what needs no asking at the least, where
/// nothing is set for the account.
Begin begin_threads(WriteTransaction& write,
                    AccountId account,
                    std::uint64_t recipients,
                    std::uint64_t an_hour,
                    Time now);
/// So many were confirmed: they count, and do not hinder what comes after them.
void count_confirmed(WriteTransaction& write,
                     AccountId account,
                     std::uint64_t recipients,
                     Time now);

/// The answer of a recipient that waits, as JSON: {"type", "detail"}.
std::string waiting_answer(Begin why);

/// The stub is on its way: what its recipient says of it will be heard (challenge.h).
Result<void> note_sent(WriteTransaction& write,
                       AccountId account,
                       const std::string& note,
                       Time now);

}  // namespace kith
