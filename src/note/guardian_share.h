// What passes between a person and their guardians (protocol section 3.5):
//
//   GuardianShare     what each guardian is given, in a message: the key to sign with, and the keys
//                     of the others, so that all of them sign the same card
//   GuardianRequest   what a person who lost everything asks them for: a link, to be passed on in
//                     whatever way; and a number, to be read to each of them aloud
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "note/card.h"

namespace kith {

/// The media type of the attachment that a share travels in.
inline constexpr std::string_view kGuardianShareType = "application/vnd.kith.guardian";

struct GuardianShare {
    Address address;  ///< whose guardian
    Hash root;
    std::vector<PublicKey> keys;  ///< of all guardians, in the order of the card
    SigningKey key;               ///< this guardian's; its public key is among them
};
/// Errors: malformed, limit; `where` is "guardian: FIELD".
Result<GuardianShare> parse_guardian_share(std::string_view text);
/// Holds the secret key: the caller wipes it.
std::string write_guardian_share(const GuardianShare& share);

struct GuardianRequest {
    Address address;
    Time time;
    Hash replacement;  ///< SHA-256 of the new recovery public key
    Hash prev;         ///< the card that theirs follows
    enum class Freeze { no, yes } freeze = Freeze::no;

    friend bool operator==(const GuardianRequest&, const GuardianRequest&) = default;
};
/// "kith:ADDRESS?recover=…". Errors: malformed ("request").
Result<GuardianRequest> parse_guardian_request(std::string_view link);
std::string write_guardian_request(const GuardianRequest& request);
/// Three groups of five digits, "48213 77120 01934".
std::string spoken_number(const GuardianRequest& request);

}  // namespace kith
