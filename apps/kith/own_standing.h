// How the person's own account stands with their server: what others say of it, and what waits
// until they confirm it (protocol sections 3.7, 3.9).
#pragma once

#include <string>
#include <vector>

#include "identity/chain.h"
#include "kith/person.h"

namespace kith {

struct OwnStanding {
    json::array alarms;   ///< objects with from, at
    json::array reports;  ///< objects with stubId, outcome, at; none unless challenged
    bool challenged = false;
    std::vector<std::string> unconfirmed;  ///< submissions of which something waits
};
/// Errors: the server's.
Result<OwnStanding> own_standing(Person& person);

/// "2 recipients say that a message of yours is unwanted, 1 that somebody else writes as you";
/// empty where there are no reports.
std::string sentence_of_reports(const json::array& reports);

/// A stub that waits: as a device of one's own signed it, whatever the server says.
struct WaitingStub {
    std::string id;     ///< of the message
    std::string email;  ///< of the Sent copy
    std::string address;
    std::string device;  ///< that signed it
    std::string expires;
    Hash hash;
};
/// Errors: the server's; untrusted (the server shows a stub that no device of ours signed).
Result<std::vector<WaitingStub>> waiting_stubs(Person& person,
                                               const KnownPerson& own,
                                               const OwnStanding& standing);

/// Devices that may confirm now, this one or others.
std::vector<std::string> speaking_devices(const KnownPerson& own, Time now);

}  // namespace kith
