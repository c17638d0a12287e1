// POST /kith/1/cards by guardians, one after the other, and the notice that they give.
#include "access/guardian_cards.h"
#include "access/client_fixture.h"

namespace kith {
namespace {

using ::testing::HasSubstr;

class GuardianCards : public ClientFixture {
  protected:
    void SetUp() override {
        alice = settled("alice@one.test", 1);
        auto builder = next();
        builder
            .guardians({guardian_commitment(guardian(0).public_key()),
                        guardian_commitment(guardian(1).public_key()),
                        guardian_commitment(guardian(2).public_key())},
                       2)
            .recover(key_of(alice.recovery).public_key(), commitment_of(kNext));
        ASSERT_EQ(post_card(*sign_with(builder.card(), {{"", alice.recovery}})).status, 201U);
        guarded = current();
    }
    static SigningKey guardian(std::uint8_t number) { return key_of(200 + number); }
    static TestSigner by(std::uint8_t number) {
        return {kGuardianName, static_cast<std::uint8_t>(200 + number)};
    }
    CardBuilder next() const { return CardBuilder::after(alice.card(), clock.now()); }
    SignedCard current() {
        const auto read = store->read();
        return *read_card(std::string_view(read->newest_card(alice.card().root())->note));
    }
    Answer post_card(const SignedCard& card) {
        return post("/kith/1/cards", card.note.octets(), "", "text/plain; charset=utf-8");
    }
    /// All three keys are revealed; these sign.
    SignedCard announcement(std::uint8_t new_key, const std::vector<TestSigner>& signers) const {
        auto builder = CardBuilder::after(guarded, asked);
        builder.announce(
            commitment_of(new_key),
            {guardian(0).public_key(), guardian(1).public_key(), guardian(2).public_key()});
        return *sign_with(builder.card(), signers);
    }
    SignedCard by_new_key(std::uint8_t new_key, const SignedCard& announced) const {
        auto builder = CardBuilder::after(announced, clock.now());
        builder.recover(key_of(new_key).public_key(), commitment_of(new_key + 1));
        return *sign_with(builder.card(), {{"", new_key}});
    }

    static constexpr std::uint8_t kNext = 90;
    static constexpr std::uint8_t kNew = 95;
    Person alice;
    SignedCard guarded = first_card_with_guardians();
    Time asked;
};

TEST_F(GuardianCards, SignaturesOnOneTextAreJoinedUntilTheyAreEnough) {
    asked = clock.now();
    const auto first = post_card(announcement(kNew, {by(0)}));
    EXPECT_EQ(first.status, 202U);
    EXPECT_EQ(at(first.parsed(), "/signatures"), json::value(1));
    EXPECT_EQ(at(first.parsed(), "/needed"), json::value(2));
    // The same one again is one, hours later, too.
    clock.advance(std::chrono::hours(20));
    EXPECT_EQ(at(post_card(announcement(kNew, {by(0)})).parsed(), "/signatures"), json::value(1));
    EXPECT_EQ(current().hash, guarded.hash);
    EXPECT_EQ(post_card(announcement(kNew, {by(2)})).status, 201U);
    const auto announced = current();
    ASSERT_TRUE(announced.card.replacement);
    // The time in it is long ago; the notice runs from now.
    clock.advance(std::chrono::hours(60));
    const auto early = post_card(by_new_key(kNew, announced));
    EXPECT_EQ(early.status, 403U);
    EXPECT_THAT(early.body, HasSubstr("72 hours"));
    clock.advance(std::chrono::hours(12));
    EXPECT_EQ(post_card(by_new_key(kNew, announced)).status, 201U);
}

TEST_F(GuardianCards, NobodyElseAddsToThem) {
    asked = clock.now();
    ASSERT_EQ(post_card(announcement(kNew, {by(0)})).status, 202U);
    EXPECT_EQ(post_card(announcement(kNew, {{kGuardianName, 77}})).status, 403U);
    EXPECT_EQ(post_card(announcement(kNew, {{"laptop", alice.laptop}})).status, 403U);
    // Fifteen lines of keys that nobody knows do not take up the room of the second guardian's.
    std::vector<TestSigner> crowd{by(0)};
    for (std::uint8_t i = 0; i < 15; ++i)
        crowd.push_back({"laptop", static_cast<std::uint8_t>(100 + i)});
    ASSERT_EQ(post_card(announcement(kNew, crowd)).status, 202U);
    EXPECT_EQ(post_card(announcement(kNew, {by(1)})).status, 201U);
}

TEST_F(GuardianCards, OtherTextsDoNotCountTogetherAndNoneCountsForEver) {
    asked = clock.now();
    ASSERT_EQ(post_card(announcement(kNew, {by(0)})).status, 202U);
    EXPECT_EQ(post_card(announcement(kNew + 1, {by(1)})).status, 202U);
    clock.advance(kGuardiansLife + Seconds(1));
    EXPECT_EQ(post_card(announcement(kNew, {by(1)})).status, 403U);
    EXPECT_EQ(current().hash, guarded.hash);
}

TEST_F(GuardianCards, AnOlderTextIsForgottenWhenItsSignersSignAnother) {
    asked = clock.now();
    for (std::uint8_t i = 0; i < 40; ++i)
        ASSERT_EQ(post_card(announcement(100 + i, {by(0)})).status, 202U);
    const auto read = store->read();
    const auto account = read->account(std::string("alice@one.test"));
    ASSERT_TRUE(account);
    const auto waiting = read->value("guardian-cards/" + std::to_string(account->id));
    ASSERT_TRUE(waiting);
    EXPECT_LT(waiting->size(), 4'096U);
}

}  // namespace
}  // namespace kith
