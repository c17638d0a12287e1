#include "identity/recovery_phrase.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

const Mnemonic kPhrase =
    *Mnemonic::parse("legal winner thank year wave sausage worth useful legal winner thank yellow");

TEST(RecoveryPhrase, gives_a_line_of_keys_that_differ) {
    const PublicKey first = recovery_key_of(kPhrase, 1).public_key();
    EXPECT_EQ(first, recovery_key_of(kPhrase, 1).public_key());
    EXPECT_NE(first, recovery_key_of(kPhrase, 2).public_key());
    EXPECT_NE(first, recovery_key_of(kPhrase, 10).public_key());
    SeededRandom random(as_bytes("another"));
    EXPECT_NE(first, recovery_key_of(Mnemonic::generate(random), 1).public_key());
}

TEST(RecoveryPhrase, the_key_of_a_card_is_found_by_what_the_card_commits_to) {
    const auto commitment = [](std::uint64_t number) {
        return recovery_commitment(recovery_key_of(kPhrase, number).public_key());
    };
    for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{7}, kMaxRecoveries})
        EXPECT_EQ(*find_recovery_key(kPhrase, commitment(number)), number);
    const auto beyond = find_recovery_key(kPhrase, commitment(kMaxRecoveries + 1));
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().kind, ErrorKind::untrusted);
    EXPECT_EQ(beyond.error().where, "phrase");
}

TEST(RecoveryPhrase, one_phrase_recovers_again_and_again) {
    const auto commitment = [](std::uint64_t number) {
        return recovery_commitment(recovery_key_of(kPhrase, number).public_key());
    };
    CardBuilder first =
        CardBuilder::first(*Address::parse("alice@one.test"), commitment(1), kStart);
    first.add_device(device_of("laptop", kLaptop), CardBuilder::Admission::confirmed);
    Chain chain = *Chain::begin(*sign_with(first.card(), {{"laptop", kLaptop}}));
    for (std::uint64_t time = 1; time <= 3; ++time) {
        const std::uint64_t number = *find_recovery_key(kPhrase, chain.current().card.recovery);
        EXPECT_EQ(number, time);
        const SigningKey key = recovery_key_of(kPhrase, number);
        CardBuilder next = CardBuilder::after(chain.current(), kStart + Seconds(60 * number));
        next.recover(key.public_key(), commitment(number + 1));
        const CardSigner signer{"", key};
        const auto added = chain.add(*sign_card(next.card(), std::span(&signer, 1)));
        ASSERT_TRUE(added) << added.error().text();
        EXPECT_EQ(added->place, Chain::Place::current);
    }
}

}  // namespace
}  // namespace kith
