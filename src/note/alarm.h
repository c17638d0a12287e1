// An alarm: somebody who hears from a person says that their key is in a thief's hands (protocol
// section 3.7). It goes to the person's server, which tells their devices. A message of the
// person's to whoever raises it is the evidence that they have a say at all.
#pragma once

#include "note/stub.h"

namespace kith {

inline constexpr std::size_t kMaxAlarm = 16'384;  ///< octets, signatures included
inline constexpr Seconds kAlarmLife = std::chrono::hours{72};
/// How old the message may be that it goes by.
inline constexpr Seconds kAlarmEvidenceLife = std::chrono::days{60};

struct Alarm {
    Address address;  ///< whose key
    Hash root;
    Address from;  ///< who says so
    Hash from_root;
    Time time;
    std::string stub;  ///< the whole note: from `address`, to `from`

    friend bool operator==(const Alarm&, const Alarm&) = default;
};

/// Form, and that the stub in it is of that person to whoever raises the alarm; no signature is
/// looked at. Errors: malformed, limit; `where` is "alarm: FIELD".
Result<Alarm> parse_alarm(const SignedNote& note);
std::string write_alarm(const Alarm& alarm);
/// Errors: future, expired ("alarm: time"; "alarm: stub" when the message is too old).
Result<void> check_times(const Alarm& alarm, Time now);

}  // namespace kith
