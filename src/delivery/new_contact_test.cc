// Alice becomes bob's contact when her keys are in trouble already, or were replaced lately.
#include "delivery/new_contact.h"

#include "delivery/card_news.h"
#include "delivery/word_tests.h"

namespace kith {
namespace {

constexpr std::uint8_t kAlicesPhone = 130;

class NewContactTest : public WordTest {
  protected:
    void SetUp() override {
        WordTest::SetUp();
        auto builder = CardBuilder::first(alice.address(), commitment_of(kRecovery), kStart - kDay);
        builder.add_device(device_of("laptop", alice.device), CardBuilder::Admission::confirmed)
            .add_device(device_of("phone", kAlicesPhone), CardBuilder::Admission::confirmed);
        goes_on(*sign_with(builder.card(), {{"laptop", alice.device}}));
    }
    void goes_on(SignedCard card) {
        ASSERT_TRUE(card.note.cosign(alice.address().domain(), alice.domain_key()));
        chain.push_back(card.note.octets());
        alice.card = std::move(card);
    }
    void freezes() {
        CardBuilder builder = CardBuilder::after(alice.card, now);
        goes_on(*sign_with(builder.freeze().card(), {{"laptop", alice.device}}));
    }
    /// The phone was stolen: she has recovered.
    void recovers(Time since) {
        CardBuilder builder = CardBuilder::after(alice.card, now);
        ASSERT_TRUE(builder.remove_device("phone", since, RevocationReason::compromised));
        builder.recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
        goes_on(*sign_with(builder.card(), {{"", kRecovery}}));
    }
    void renews() {
        CardBuilder builder = CardBuilder::after(alice.card, now);
        goes_on(*sign_with(builder.card(), {{"laptop", alice.device}}));
    }
    std::string writes(const std::string& token = {}) {
        DeliveryParts out = parts(alice);
        out.cards = chain;
        if (!token.empty())
            out.token = token;
        return deliver(std::move(out), alice);
    }
    std::string invitation() {
        TokenRecord record;
        const auto made = tokens.make(TokenKind::invite, bob_self.address(), random);
        record.id = made.id;
        record.text = made.text;
        record.uses_left = 1;
        record.created = now;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
        return made.text;
    }
    bool is_contact() { return store->read()->grant(bob, alice.card.root()).has_value(); }
    std::optional<KeyTrouble::What> trouble() {
        const auto all = keys_in_trouble(*store->read(), bob);
        const auto found = all.find(alice.card.root().hex_text());
        return found == all.end() ? std::nullopt : std::optional(found->second.what);
    }
    std::optional<KeyReplaced> replaced() {
        const auto all = keys_replaced(*store->read(), bob, now);
        const auto found = all.find(alice.card.root().hex_text());
        return found == all.end() ? std::nullopt : std::optional(found->second);
    }
    /// By hand, or by accepting what they sent.
    void becomes_contact() {
        grant(bob, alice, GrantRecord::Level::known);
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            heed_new_contact(write, bob, alice.card.root(), now);
            return {};
        }));
    }

    std::vector<std::string> chain;
};

TEST_F(NewContactTest, an_invitation_of_somebody_frozen_lets_them_wait_and_says_so) {
    freezes();
    EXPECT_EQ(writes(invitation()), "202");
    EXPECT_TRUE(is_contact());
    EXPECT_EQ(trouble(), KeyTrouble::What::frozen);
}

TEST_F(NewContactTest, an_invitation_of_somebody_well_says_nothing) {
    EXPECT_EQ(writes(invitation()), "201");
    EXPECT_TRUE(is_contact());
    EXPECT_FALSE(trouble());
    EXPECT_FALSE(replaced());
}

TEST_F(NewContactTest, who_recovered_lately_is_shown_so_when_they_come_by_an_invitation) {
    recovers(now - kDay);
    const Time learned = now;
    EXPECT_EQ(writes(invitation()), "201");
    ASSERT_TRUE(replaced());
    EXPECT_EQ(replaced()->since, learned - kDay);
    EXPECT_EQ(replaced()->at, learned);
    EXPECT_EQ(replaced()->messages, 0U);
    EXPECT_FALSE(trouble());
}

TEST_F(NewContactTest, and_when_they_are_introduced) {
    recovers(now - kDay);
    introduce(alice);
    EXPECT_EQ(writes(), "201");
    EXPECT_TRUE(is_contact());
    EXPECT_TRUE(replaced());
}

TEST_F(NewContactTest,
       and_when_they_are_made_one_by_hand_after_what_the_thief_sent_was_taken_back) {
    const Time t0 = now;
    DeliveryParts thiefs = parts(alice);
    thiefs.cards = chain;
    SignedNote stub = *SignedNote::sign(SignedNote::parse(thiefs.stub)->text(),
                                        alice.card.card.key_name("phone"),
                                        key_of(kAlicesPhone));
    ASSERT_TRUE(stub.cosign(alice.address().domain(), alice.domain_key()));
    thiefs.stub = stub.octets();
    thiefs.token = tokens.make_reply(bob_self.address(), alice.address(), now, random).text;
    ASSERT_EQ(deliver(thiefs, alice), "201");
    now += Seconds(60);
    recovers(t0);
    const Time learned = now;
    ASSERT_TRUE(writes().starts_with("402"));
    renews();
    const auto reply = tokens.make_reply(bob_self.address(), alice.address(), now, random).text;
    ASSERT_EQ(writes(reply), "201");
    now += kDay;
    becomes_contact();
    ASSERT_TRUE(replaced());
    EXPECT_EQ(replaced()->since, t0);
    EXPECT_EQ(replaced()->at, learned);
    EXPECT_EQ(replaced()->messages, 1U);
}

TEST_F(NewContactTest, a_recovery_of_more_than_thirty_days_ago_is_no_news) {
    recovers(now - kDay);
    const auto reply = tokens.make_reply(bob_self.address(), alice.address(), now, random).text;
    ASSERT_EQ(writes(reply), "201");
    now += 31 * kDay;
    becomes_contact();
    EXPECT_FALSE(replaced());
}

}  // namespace
}  // namespace kith
