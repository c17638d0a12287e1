// "alice's key was replaced; 3 messages taken back": what happens to the keys of one's contacts
// (protocol sections 3.5, 3.6), and to one's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kith/person.h"

namespace kith {

struct KeyNotice {
    std::string address;
    std::string at;
    std::string since;
    std::uint64_t taken_back = 0;
    std::string trouble = {};  ///< "disputed", "replacing", "frozen"; empty: a key was replaced

    std::string sentence() const;
};
/// Those of the last 30 days, the newest last. Errors: the server's.
Result<std::vector<KeyNotice>> key_notices(Person& person);
/// What all of one's own devices have to hear; nothing when all is well.
std::optional<std::string> own_trouble(Person& person);
/// To stderr, those of the last week and whatever lasts; a server that cannot tell is no failure.
void tell_key_notices(Person& person);

}  // namespace kith
