// A confirmation: the person has seen what waits at their server, and lets it go (protocol section
// 3.9). It names every stub, so that a server, or whoever holds another device, cannot slip in one.
#pragma once

#include <optional>
#include <vector>

#include "note/fields.h"
#include "note/signed_note.h"

namespace kith {

inline constexpr std::size_t kMaxConfirmed = 500;  ///< stubs in one note

struct Confirmation {
    Address address;  ///< whose messages
    Hash root;
    Time time;
    std::optional<PublicKey> recovery_key;  ///< when it signs: revealed to the person's server
    std::vector<Hash> stubs;                ///< of their texts, each once

    friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

/// Form only. Errors: malformed, limit; `where` is "confirm: FIELD".
Result<Confirmation> parse_confirm(const SignedNote& note);
std::string write_confirm(const Confirmation& confirm);
/// Errors: future, expired ("confirm: time") when it is more than kClockSkew off, either way.
Result<void> check_times(const Confirmation& confirm, Time now);

}  // namespace kith
