// Handing a message to the person's server, and what becomes of it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "kith/outgoing.h"
#include "kith/person.h"
#include "kith/sealing.h"

namespace kith {

struct Submitted {
    std::string email;            ///< id of the Sent copy
    std::string submission;       ///< id
    std::size_t unconfirmed = 0;  ///< recipients that wait for a confirmation
};

/// This device, as it signs stubs. Errors: denied (it is not in the card).
Result<Sender> sender_of(Person& person, const KnownPerson& own);

/// Failed in a way that passes: the message can be handed over later.
bool goes_later(const Error& error);

/// again: an earlier attempt may have reached the server though no answer came.
enum class Attempt { first, again };

/// Looks up the recipients' cards, pins whom it sees for the first time, seals, uploads once, and
/// submits. The stubs are kept in pending/ until the message is final.
/// Errors: not_found, untrusted (a recipient); unavailable, timeout (the server, or a domain whose
/// cards were never seen); denied, limit.
Result<Submitted> submit(Person& person, const Outgoing& outgoing, Attempt attempt);

/// The recipients of a submission as this program shows them: objects with address, bcc, state,
/// time, attempts, nextAttempt, answer, price, effort, evidence.
json::array recipients_of(const json::object& submission);
/// Errors: not_found; the server's.
Result<json::object> submission_of(Person& person, const std::string& id);
/// The newest one of an Email. Errors: not_found; the server's.
Result<json::object> submission_of_email(Person& person, const std::string& email);

/// About 320 s of one core.
inline constexpr std::uint64_t kMostEffortPaid = 48'000;

struct WaitWish {
    enum class Pay { no, yes } pay = Pay::yes;
    std::uint64_t most_effort = kMostEffortPaid;  ///< a dearer price is not paid
    std::optional<Seconds> limit;                 ///< none: until all are final
};
/// The submission, once all of it is final, or time is up, or Ctrl-C. Prices are paid on the way.
Result<json::object> wait_for_fate(Person& person,
                                   const std::string& stub_id,
                                   const std::string& submission,
                                   const WaitWish& wish);

/// How many wait until the person confirms them.
std::size_t unconfirmed_in(const json::array& recipients);
/// What the recipients' states come to.
enum class Fate { good, open, bad };
Fate fate_of(const json::array& recipients);

}  // namespace kith
