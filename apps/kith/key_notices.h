// "alice's key was replaced; 3 messages taken back": what the server did when a contact disowned
// devices (protocol section 3.6).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kith/person.h"

namespace kith {

struct KeyNotice {
    std::string address;
    std::string at;
    std::string since;
    std::uint64_t taken_back = 0;

    std::string sentence() const;
};
/// Those of the last 30 days, the newest last. Errors: the server's.
Result<std::vector<KeyNotice>> key_notices(Person& person);
/// To stderr, those of the last week; a server that cannot tell is no failure.
void tell_key_notices(Person& person);

}  // namespace kith
