// An ask: the sender of a first-contact stub asks whoever knows them both to stand for them
// (protocol section 5.3). It goes to the recipient's server with the stub, and from there to the
// introducer's; unlike the stub it does not say to whom the sender writes.
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxAsk = 4096;  ///< octets, signatures included
inline constexpr Seconds kAskLife = std::chrono::days{14};

struct Ask {
    std::string id;  ///< of the stub
    Time time;
    Address from;
    Hash root;
    Hash card;
    std::string domain;  ///< the recipient's

    friend bool operator==(const Ask&, const Ask&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "ask: FIELD".
Result<Ask> parse_ask(const SignedNote& note);
std::string write_ask(const Ask& ask);
/// Errors: future, expired (older than two weeks); both "ask: time".
Result<void> check_times(const Ask& ask, Time now);

}  // namespace kith
