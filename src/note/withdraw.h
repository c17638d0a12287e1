// A withdraw: the sender takes back what nobody has read (protocol section 7.4).
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

struct Withdraw {
    std::string id;  ///< of the stub
    Address from;
    Hash root;
    Target to;
    Time time;

    friend bool operator==(const Withdraw&, const Withdraw&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "withdraw: FIELD".
Result<Withdraw> parse_withdraw(const SignedNote& note);
std::string write_withdraw(const Withdraw& withdraw);
/// Errors: future ("withdraw: time").
Result<void> check_times(const Withdraw& withdraw, Time now);

}  // namespace kith
