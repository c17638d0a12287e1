// Whom this person chose as guardians (protocol section 3.5): guardians.json in the home. The card
// names them by hashes alone; who they are is nobody else's affair.
#pragma once

#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/ed25519.h"
#include "kith/home.h"
#include "note/card.h"

namespace kith {

/// Marks a message that holds a guardian's key, once it was read.
inline constexpr std::string_view kGuardianKeyword = "kith-guardian";

struct ChosenGuardian {
    Address address;
    PublicKey key;  ///< made for them; the card has its hash
    Time since;

    friend bool operator==(const ChosenGuardian&, const ChosenGuardian&) = default;
};
using GuardianBook = std::vector<ChosenGuardian>;

/// Errors: malformed.
Result<GuardianBook> parse_guardian_book(std::string_view text);
std::string write_guardian_book(const GuardianBook& book);

/// Those of the book whom the card names; of a home that never chose any, none.
/// Errors: malformed, denied, io.
Result<GuardianBook> guardians_in(const Home& home, const Card& card);
Result<void> put_guardians(const Home& home, const GuardianBook& book);

}  // namespace kith
