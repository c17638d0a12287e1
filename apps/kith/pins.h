// Whom this person pinned: address → root. Kept in the home, so that no server, not even one's own,
// can put somebody else in a pinned contact's place.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "crypto/hash.h"
#include "kith/home.h"

namespace kith {

struct Pin {
    Hash root;
    bool verified = false;  ///< by safety number, or by a link that carried the root
    std::string name = {};
    Time since;
    std::string token = {};  ///< to be brought with the first message; empty: none

    friend bool operator==(const Pin&, const Pin&) = default;
};

using PinMap = std::map<Address, Pin>;

/// Errors: malformed (a damaged file must not unpin anybody), denied, io.
Result<PinMap> read_pins(const Home& home);
/// Changes one pin under the home's lock: other commands may run. Errors: as read_pins.
Result<void> put_pin(const Home& home, const Address& address, const Pin& pin);
Result<void> put_pins(const Home& home, const PinMap& more);

Result<PinMap> parse_pins(std::string_view text);
std::string write_pins(const PinMap& pins);

}  // namespace kith
