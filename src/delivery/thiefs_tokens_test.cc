// Bob's device was stolen, and the thief handed out tokens in his name: what came by them.
#include "delivery/taking_back.h"
#include "delivery/thiefs_doings.h"
#include "delivery/word_tests.h"

namespace kith {
namespace {

class ThiefsTokensTest : public WordTest {
  protected:
    std::string make_token(TokenKind kind, TokenRecord::Kind record_kind) {
        TokenRecord record;
        const auto made = tokens.make(kind, bob_self.address(), random);
        record.id = made.id;
        record.text = made.text;
        record.kind = record_kind;
        record.created = now;
        if (kind == TokenKind::invite)
            record.uses_left = 1;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
        return made.text;
    }
    std::string invitation() { return make_token(TokenKind::invite, TokenRecord::Kind::invite); }
    MessageRecord comes(const Somebody& from, const std::string& token = {}) {
        DeliveryParts out = parts(from);
        if (!token.empty())
            out.token = token;
        EXPECT_TRUE(deliver(std::move(out), from).starts_with("20"));
        return newest();
    }
    std::size_t recovers(Time since, RevocationReason reason = RevocationReason::compromised) {
        now += Seconds(60);
        auto builder = CardBuilder::after(bob_self.card, now);
        EXPECT_TRUE(builder.remove_device("laptop", since, reason));
        builder.add_device(device_of("rescue", 200), CardBuilder::Admission::confirmed)
            .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
        std::size_t count = 0;
        const auto done = store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            count = TRY(undo_thiefs_doings(write, bob, bob_self.card.card, builder.card(), now));
            return {};
        });
        EXPECT_TRUE(done) << done.error().text();
        return count;
    }
    void is_read(const MessageRecord& message) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            MessageRecord read = *write.message(bob, message.id);
            read.keywords = "$seen";
            return write.update_message(bob, read);
        }));
    }
    std::string standing_of(const MessageRecord& message) {
        const auto stands = *store->read()->message(bob, message.id);
        return std::string(stands.state == MessageState::held ? "held " : "here ") +
               (stands.tier == MessageTier::unknown ? "unknown" : "known");
    }
    bool is_marked(const MessageRecord& message) {
        const auto stands = *store->read()->message(bob, message.id);
        return parse_decision(stands.decision)->has(ReasonCode::token_revoked);
    }
};

TEST_F(ThiefsTokensTest,
       what_came_by_an_invitation_of_the_thiefs_goes_back_with_all_that_followed) {
    now += Seconds(60);
    const Time t0 = now;
    const auto first = comes(alice, invitation());
    const auto second = comes(alice);
    const auto carols = comes(carol);
    ASSERT_EQ(standing_of(second), "here known");
    EXPECT_EQ(recovers(t0), 2U);
    for (const auto& message : {first, second}) {
        EXPECT_EQ(standing_of(message), "held unknown");
        EXPECT_TRUE(is_marked(message));
    }
    EXPECT_EQ(standing_of(carols), "here known") << "a contact of before";
    EXPECT_TRUE(store->check());
}

TEST_F(ThiefsTokensTest, what_was_read_stays_and_is_marked) {
    const Time t0 = now;
    const auto message = comes(alice, invitation());
    is_read(message);
    EXPECT_EQ(recovers(t0), 1U);
    EXPECT_EQ(standing_of(message), "here unknown");
    EXPECT_TRUE(is_marked(message));
}

TEST_F(ThiefsTokensTest, a_newsletter_token_and_a_card_token_of_the_thiefs_bring_nothing_either) {
    const Time t0 = now;
    const auto news =
        comes(alice, make_token(TokenKind::newsletter, TokenRecord::Kind::newsletter));
    const Somebody dave = Somebody::at("dave@four.test", 140);
    const auto asks = comes(dave, make_token(TokenKind::card, TokenRecord::Kind::card));
    ASSERT_EQ(standing_of(asks), "held unknown");
    EXPECT_EQ(recovers(t0), 1U) << "a request was no more before";
    EXPECT_EQ(standing_of(news), "held unknown");
    EXPECT_TRUE(is_marked(asks));
}

TEST_F(ThiefsTokensTest, what_came_by_a_token_of_before_stays) {
    const std::string token = invitation();
    now += Seconds(60);
    const Time t0 = now;
    const auto message = comes(alice, token);
    EXPECT_EQ(recovers(t0), 0U);
    EXPECT_EQ(standing_of(message), "here known");
}

TEST_F(ThiefsTokensTest, of_a_device_that_was_only_lost_the_tokens_stay_good) {
    const Time t0 = now;
    const auto message = comes(alice, invitation());
    EXPECT_EQ(recovers(t0, RevocationReason::lost), 0U);
    EXPECT_EQ(standing_of(message), "here known");
}

}  // namespace
}  // namespace kith
