// The line of recovery keys that one phrase gives (protocol section 3.4). A recovery key signs once
// and commits to the next, so one phrase serves for many recoveries.
#pragma once

#include <cstdint>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/mnemonic.h"

namespace kith {

/// So many keys of a phrase are looked at when one is sought by what a card commits to.
inline constexpr std::uint64_t kMaxRecoveries = 1'000;

/// `number` is 1 for the key that the first card commits to.
SigningKey recovery_key_of(const Mnemonic& phrase, std::uint64_t number);
/// Which key of the phrase a card's `recovery` commits to.
/// Errors: untrusted ("phrase") when none of them: it is another phrase.
Result<std::uint64_t> find_recovery_key(const Mnemonic& phrase, const Hash& commitment);

}  // namespace kith
