// Fixed keys for the tests of notes.
#pragma once

#include "base/time.h"
#include "crypto/age_keys.h"
#include "crypto/ed25519.h"

namespace kith {

inline SigningKey key_of(std::uint8_t number) {
    ByteArray<32> seed{};
    seed.fill(number);
    return *SigningKey::from_seed(seed);
}

inline AgeRecipient recipient_of(std::uint8_t number) {
    ByteArray<32> seed{};
    seed.fill(number);
    SeededRandom random(seed);
    return AgeIdentity::generate(random).recipient();
}

inline Time at(std::string_view text) {
    return *parse_time(text);
}

}  // namespace kith
