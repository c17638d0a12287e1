// Fixed keys for the tests of notes.
#pragma once

#include <vector>

#include "base/time.h"
#include "crypto/age_keys.h"
#include "crypto/ed25519.h"

namespace kith {

inline const SigningKey& key_of(std::uint8_t number) {
    static const std::vector<SigningKey> all = [] {
        std::vector<SigningKey> keys;
        for (unsigned i = 0; i < 256; ++i) {
            ByteArray<32> seed{};
            seed.fill(static_cast<std::uint8_t>(i));
            keys.push_back(*SigningKey::from_seed(seed));
        }
        return keys;
    }();
    return all[number];
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
