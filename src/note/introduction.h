// An introduction: somebody makes two people known to each other for a while (protocol
// section 5.4).
#pragma once

#include <array>
#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxIntroduction = 4096;  ///< octets, signatures included
inline constexpr Seconds kMaxIntroductionLife = std::chrono::days{30};

/// One of the two, as the introducer knows them.
struct IntroducedPerson {
    Address address;
    Hash root;

    friend bool operator==(const IntroducedPerson&, const IntroducedPerson&) = default;
};

struct Introduction {
    std::string id;
    Time time;
    Time expires;
    Address from;  ///< the introducer, whose device signs and whose domain countersigns
    Hash root;
    Hash card;
    std::array<IntroducedPerson, 2> people;

    /// Whom `person` is introduced to; nullptr when it is neither of the two.
    const IntroducedPerson* other(const Hash& person) const;
    /// Under what the introducer's server has booked standing for `subject` (one of the two), and
    /// under what it hears of the outcome: as a vouch's serial.
    std::string serial_for(const Hash& subject) const;
    friend bool operator==(const Introduction&, const Introduction&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "introduction: FIELD".
Result<Introduction> parse_introduction(const SignedNote& note);
std::string write_introduction(const Introduction& introduction);
/// Errors: future ("introduction: time"), expired ("introduction: expires").
Result<void> check_times(const Introduction& introduction, Time now);

}  // namespace kith
