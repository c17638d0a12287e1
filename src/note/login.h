// A login: a device proves itself to its server by signing a nonce (protocol section 7.5).
#pragma once

#include <string>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

struct Login {
    Address address;
    std::string device;
    std::string domain;  ///< of the server: a login for one is good for no other
    std::string nonce;   ///< 1 to 256 visible ASCII characters, as given
    Time time;

    friend bool operator==(const Login&, const Login&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "login: FIELD".
Result<Login> parse_login(const SignedNote& note);
std::string write_login(const Login& login);
/// Errors: future, expired ("login: time") when it is more than kClockSkew off, either way.
Result<void> check_times(const Login& login, Time now);

}  // namespace kith
