// What a reader is warned of: who signed, with which standing, and whether it is the pinned person.
#include "kith/opening.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "kith/sealing.h"

namespace kith {
namespace {

const Time kNow{Seconds(1'790'000'000)};
constexpr Seconds kDay{86'400};

/// Alice, who writes, and the device of Bob, who reads.
class OpeningTest : public ::testing::Test {
  protected:
    SystemRandom random;
    Address alice = *Address::parse("alice@one.test");
    DeviceKeys laptop = DeviceKeys::generate(random);
    DeviceKeys bob = DeviceKeys::generate(random);
    SigningKey recovery = SigningKey::generate(random);
    Chain chain = first();

    Chain first() {
        CardBuilder builder =
            CardBuilder::first(alice, recovery_commitment(recovery.public_key()), kNow - 10 * kDay);
        builder.add_device(laptop.as_device("laptop"), CardBuilder::Admission::confirmed);
        const CardSigner signer{"laptop", laptop.signing};
        return *Chain::begin(*sign_card(builder.card(), std::span(&signer, 1)));
    }
    void revoke_laptop(Time since) {
        const SigningKey next = SigningKey::generate(random);
        CardBuilder builder = CardBuilder::after(chain.current(), since);
        ASSERT_TRUE(builder.remove_device("laptop", since, RevocationReason::lost));
        const DeviceKeys phone = DeviceKeys::generate(random);
        builder.add_device(phone.as_device("phone"), CardBuilder::Admission::confirmed);
        builder.recover(recovery.public_key(), recovery_commitment(next.public_key()));
        const CardSigner signer{"", recovery};
        ASSERT_TRUE(chain.add(*sign_card(builder.card(), std::span(&signer, 1))));
    }

    SealedMessage sealed = seal_message("Subject: hi\r\n\r\nhi", "hi\nhi", random);
    SignedNote note_by(const SigningKey& key) {
        const Sender sender{.address = alice,
                            .device = "laptop",
                            .key = key,
                            .root = chain.root(),
                            .card = chain.current().hash};
        const StubOrder order{.id = std::string(32, 'a'),
                              .to = *parse_target("bob@two.test"),
                              .devices = {bob.identity.recipient()},
                              .answers = std::nullopt,
                              .time = kNow};
        return *make_stub(sealed, sender, order, random);
    }
    StubFindings examine(const SignedNote& note,
                         const Chain* known,
                         const std::optional<Pin>& pin) {
        return examine_stub(note, *parse_stub(note), known, pin, kNow);
    }
    Pin pin_of_alice() const { return {.root = chain.root(), .since = kNow}; }
};

TEST_F(OpeningTest, AGoodMessageOfThePinnedPersonWarnsOfNothing) {
    const auto findings = examine(note_by(laptop.signing), &chain, pin_of_alice());
    EXPECT_EQ(findings.device, "laptop");
    EXPECT_TRUE(findings.warnings.empty());
}

TEST_F(OpeningTest, AnotherKeyUnderTheSameNameIsNotBelieved) {
    const auto findings = examine(note_by(SigningKey::generate(random)), &chain, pin_of_alice());
    EXPECT_TRUE(findings.device.empty());
    EXPECT_EQ(findings.warnings.size(), 1U);
}

TEST_F(OpeningTest, AnotherRootThanThePinnedOneIsSaid) {
    const Pin other{.root = sha256("somebody else"), .since = kNow};
    EXPECT_EQ(examine(note_by(laptop.signing), &chain, other).warnings.size(), 1U);
    EXPECT_FALSE(pin_warning("alice@one.test", chain.root().text(), other).empty());
    EXPECT_TRUE(pin_warning("alice@one.test", chain.root().text(), pin_of_alice()).empty());
    EXPECT_TRUE(pin_warning("alice@one.test", chain.root().text(), std::nullopt).empty());
}

TEST_F(OpeningTest, WhatCannotBeCheckedIsSaid) {
    const auto note = note_by(laptop.signing);
    EXPECT_EQ(examine(note, nullptr, pin_of_alice()).warnings.size(), 1U);
    laptop = DeviceKeys::generate(random);
    const Chain somebody_else = first();
    EXPECT_EQ(examine(note, &somebody_else, pin_of_alice()).warnings.size(), 1U);
}

TEST_F(OpeningTest, ADeviceThatWasRevokedBeforeIsSaid) {
    const auto note = note_by(laptop.signing);
    revoke_laptop(kNow - kDay);
    const auto findings = examine(note, &chain, pin_of_alice());
    EXPECT_EQ(findings.device, "laptop");
    ASSERT_EQ(findings.warnings.size(), 1U);
    EXPECT_NE(findings.warnings[0].find("revoked"), std::string::npos);
}

TEST_F(OpeningTest, ABodyOpensForItsDeviceAloneAndOnlyAsItWasSigned) {
    const auto stub = *parse_stub(note_by(laptop.signing));
    const auto open = [&](const Bytes& payload,
                          const AgeIdentity& identity) -> Result<std::string> {
        auto opener = TRY(BodyOpener::begin(stub.keys, identity));
        TRY(opener.take(payload));
        return opener.finish(stub.blob);
    };
    EXPECT_EQ(*open(sealed.payload, bob.identity), "Subject: hi\r\n\r\nhi");
    EXPECT_EQ(open(sealed.payload, AgeIdentity::generate(random)).error().kind,
              ErrorKind::untrusted);
    Bytes changed = sealed.payload;
    changed.back() ^= 1U;
    EXPECT_FALSE(open(changed, bob.identity));
    changed = sealed.payload;
    changed.pop_back();
    EXPECT_FALSE(open(changed, bob.identity));
    const auto preview = open_preview_with(stub.keys, stub.preview, bob.identity);
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->subject, "hi");
}

}  // namespace
}  // namespace kith
