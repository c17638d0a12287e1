// People with fixed keys, for the tests of this room.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "identity/card_builder.h"
#include "note/note_tests.h"

namespace kith {

inline NewDevice device_of(const std::string& name, std::uint8_t number) {
    return {.name = name, .key = key_of(number).public_key(), .recipient = recipient_of(number)};
}

/// A key that signs cards: a device's, or the recovery key where the name is empty.
struct TestSigner {
    std::string device;
    std::uint8_t number = 0;
};

inline Result<SignedCard> sign_with(const Card& card, const std::vector<TestSigner>& signers) {
    std::vector<SigningKey> keys;
    for (const TestSigner& signer : signers)
        keys.push_back(key_of(signer.number));
    std::vector<CardSigner> all;
    for (std::size_t i = 0; i < signers.size(); ++i)
        all.push_back({signers[i].device, keys[i]});
    return sign_card(card, all);
}

inline constexpr Time kStart = Time(Seconds(1'790'000'000));
inline constexpr std::uint8_t kLaptop = 1;
inline constexpr std::uint8_t kPhone = 2;
inline constexpr std::uint8_t kTablet = 3;
inline constexpr std::uint8_t kThief = 40;
inline constexpr std::uint8_t kRecovery = 90;
inline constexpr std::uint8_t kNextRecovery = 91;

inline constexpr std::uint8_t kGuardian = 80;  // and the two behind it

inline Hash commitment_of(std::uint8_t number) {
    return recovery_commitment(key_of(number).public_key());
}

/// alice@one.test with laptop and phone, at kStart.
inline SignedCard first_card() {
    CardBuilder builder =
        CardBuilder::first(*Address::parse("alice@one.test"), commitment_of(kRecovery), kStart);
    builder.add_device(device_of("laptop", kLaptop), CardBuilder::Admission::confirmed)
        .add_device(device_of("phone", kPhone), CardBuilder::Admission::confirmed);
    return *sign_with(builder.card(), {{"laptop", kLaptop}});
}

/// The same with guardians kGuardian to kGuardian + 2, two of whom suffice.
inline SignedCard first_card_with_guardians() {
    Card card = first_card().card;
    for (std::uint8_t i = 0; i < 3; ++i)
        card.guardians.push_back(
            guardian_commitment(key_of(static_cast<std::uint8_t>(kGuardian + i)).public_key()));
    card.guardians_needed = 2;
    return *sign_with(card, {{"laptop", kLaptop}});
}

/// `count` guardians announce the recovery key `replacement`, after `prev`.
inline Card announcement(const SignedCard& prev,
                         Time now,
                         std::uint8_t replacement,
                         std::uint8_t count = 2) {
    std::vector<PublicKey> keys;
    for (std::uint8_t i = 0; i < count; ++i)
        keys.push_back(key_of(static_cast<std::uint8_t>(kGuardian + i)).public_key());
    return CardBuilder::after(prev, now).announce(commitment_of(replacement), keys).card();
}
inline std::vector<TestSigner> guardians_signing(std::uint8_t count = 2) {
    std::vector<TestSigner> signers;
    for (std::uint8_t i = 0; i < count; ++i)
        signers.push_back({kGuardianName, static_cast<std::uint8_t>(kGuardian + i)});
    return signers;
}

}  // namespace kith
