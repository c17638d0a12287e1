#include "identity/recovery_phrase.h"

#include "identity/card_builder.h"

namespace kith {

SigningKey recovery_key_of(const Mnemonic& phrase, std::uint64_t number) {
    const std::string info = "kith/1 recovery " + std::to_string(number);
    const Secret seed = hkdf_sha256(phrase.entropy(), {}, info, 32);
    auto key = SigningKey::from_seed(seed.view());
    KITH_CHECK(key.has_value());
    return *std::move(key);
}

Result<std::uint64_t> find_recovery_key(const Mnemonic& phrase, const Hash& commitment) {
    for (std::uint64_t number = 1; number <= kMaxRecoveries; ++number)
        if (recovery_commitment(recovery_key_of(phrase, number).public_key()) == commitment)
            return number;
    return fail(ErrorKind::untrusted, "phrase", "is not the one that the card commits to");
}

}  // namespace kith
