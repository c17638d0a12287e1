// What answers must not tell (protocol section 5): who is blocked, and who stood for somebody. The
// octets are compared here; how long an answer takes, in exchange/uniform_answers_test.cc.
#include "crypto/puzzle.h"
#include "delivery/request_slots.h"
#include "delivery/vouches.h"
#include "delivery/word_tests.h"
#include "note/stamp.h"

namespace kith {
namespace {

class UniformAnswersTest : public WordTest {
  protected:
    Bytes secret = Bytes(32, 9);  ///< of carol's server
    Somebody dave = Somebody::at("dave@one.test", 140);
    Verdict verdict;  ///< of the last told()

    void SetUp() override {
        WordTest::SetUp();
        grant(bob, dave, GrantRecord::Level::blocked);
    }

    // All that the sender gets.
    std::string told(const DeliveryParts& sent, const Somebody& from, bool with_body = true) {
        const auto candidate = std::get<Candidate>(inbound->read(sent, now));
        const ArrivedBody arrived{to_bytes(body), false};
        const auto keys = from.domain_keys();
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            verdict =
                TRY(inbound->commit(candidate, keys, write, with_body ? &arrived : nullptr, now));
            return {};
        }));
        inbound->count_taken(candidate, verdict, now);
        std::string text = std::to_string(verdict.status()) + " ";
        if (verdict.answer == Verdict::Answer::hold)
            return text + write_held_answer(verdict.held);
        return text + write_problem(verdict.problem);
    }
    // By two senders, one of whom is blocked.
    void expect_alike(const std::function<void(DeliveryParts&)>& change, int status) {
        DeliveryParts of_stranger = parts(alice);
        DeliveryParts of_blocked = parts(dave);
        change(of_stranger);
        change(of_blocked);
        EXPECT_EQ(told(of_blocked, dave), told(of_stranger, alice));
        EXPECT_EQ(verdict.status(), status);
    }

    DeliveryParts paid(DeliveryParts sent) const {
        const Price asked = price.current(now);
        Stamp stamp{
            .puzzle = asked.puzzle, .effort = asked.effort, .seed = asked.seed, .solution = {}};
        const std::string challenge = stamp_challenge(stamp, SignedNote::parse(sent.stub)->hash());
        stamp.solution = *solve_puzzle(as_bytes(challenge), stamp.effort, {}).solution;
        sent.stamp = write_stamp(stamp);
        return sent;
    }

    std::string make_token(TokenRecord::Kind kind, TokenKind of, TokenRecord::Standing standing) {
        const auto made = tokens.make(of, bob_self.address(), random);
        TokenRecord record;
        record.id = made.id;
        record.text = made.text;
        record.kind = kind;
        record.standing = standing;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
        return made.text;
    }

    DeliveryParts with_tag_of_carol(DeliveryParts sent) {
        const Stub stub = *parse_stub(*SignedNote::parse(sent.stub));
        const std::vector keys{weekly_keys(secret, carol.card.root(), now).front().key};
        sent.hints = to_text(make_hints(*HintMessage::of(stub.id, stub.to.address), keys, random));
        sent.ask =
            SignedNote::sign(write_ask(ask_of(stub)), "one.test", alice.domain_key())->octets();
        return sent;
    }
    void hear_from_carol() {
        DeliveryParts mail = parts(carol);
        mail.introducer = write_weekly_keys(weekly_keys(secret, carol.card.root(), now));
        ASSERT_EQ(WordTest::deliver(mail, carol), "201");
    }
    // Carol's server has stood for alice.
    AccountId vouch_for(const DeliveryParts& sent) {
        Candidate candidate = std::get<Candidate>(inbound->read(sent, now));
        candidate.vouched =
            inbound->find_hinted(candidate, alice.domain_keys(), *store->read(), now);
        if (!candidate.vouched)
            return 0;
        candidate.vouched->serial = std::string(32, 'e');
        Verdict taken;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            taken = TRY(inbound->commit_vouched(
                candidate, alice.domain_keys(), write, {to_bytes(body), false}, now));
            return {};
        }));
        return taken.account;
    }
    std::int64_t mail() { return store->read()->messages(bob, {}).total; }
};

TEST_F(UniformAnswersTest, of_who_is_blocked_nothing_is_kept_but_the_card_and_what_it_cost) {
    const ModSeq before = store->read()->modseq(bob);
    const auto requests = store->read()->mailbox_by_role(bob, "requests");
    EXPECT_TRUE(told(paid(parts(dave)), dave).starts_with("202"));
    EXPECT_TRUE(verdict.taken);
    EXPECT_EQ(verdict.account, 0) << "nobody is called";
    EXPECT_EQ(mail(), 0);
    EXPECT_EQ(store->read()->modseq(bob), before) << "devices see no other state";
    EXPECT_EQ(store->read()->mailbox_counts(bob, requests->id).total, 0);
    EXPECT_TRUE(store->read()->newest_card(dave.card.root()))
        << "news of the card of who writes are heeded";
    EXPECT_EQ(held_today(*store->read(), bob, now), 1);
    EXPECT_TRUE(told(paid(parts(alice)), alice).starts_with("202"));
    EXPECT_EQ(verdict.account, bob);
    EXPECT_EQ(mail(), 1);
    EXPECT_GT(store->read()->modseq(bob), before);
    EXPECT_TRUE(store->check());
}

TEST_F(UniformAnswersTest, stamps_of_who_is_blocked_make_the_next_one_dearer_like_others) {
    price.set_bounds({.least = 2, .most = 100, .many = 1});
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(told(paid(parts(dave)), dave).starts_with("202"));
    now += PriceControl::kPeriod;
    EXPECT_EQ(price.effort(now), 6U);
}

TEST_F(UniformAnswersTest, who_is_blocked_is_refused_in_the_words_that_any_stranger_hears) {
    const std::string revoked =
        make_token(TokenRecord::Kind::card, TokenKind::card, TokenRecord::Standing::revoked);
    expect_alike([&](DeliveryParts& sent) { sent.token = revoked; }, 403);
    expect_alike([](DeliveryParts&) {}, 402);
}

TEST_F(UniformAnswersTest, where_no_stranger_is_heard_who_is_blocked_is_not_either) {
    Card card = bob_self.card.card;
    card.strangers = Strangers{.stamp = false};
    const SignedCard closed = *sign_with(card, {{"laptop", bob_self.device}});
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.add_card(
            {closed.hash, bob_self.card.root(), "bob@two.test", 1, closed.note.octets(), now});
        write.set_account_card(bob, closed.hash);
        return {};
    }));
    expect_alike([](DeliveryParts&) {}, 403);
    EXPECT_EQ(told(paid(parts(dave)), dave), told(paid(parts(alice)), alice));
    EXPECT_EQ(verdict.status(), 403);
}

TEST_F(UniformAnswersTest, an_invitation_is_used_up_by_who_is_blocked_and_unblocks_nobody) {
    DeliveryParts sent = parts(dave);
    sent.token =
        make_token(TokenRecord::Kind::invite, TokenKind::invite, TokenRecord::Standing::valid);
    EXPECT_TRUE(told(sent, dave, false).starts_with("409")) << "the body is asked for";
    EXPECT_TRUE(told(sent, dave).starts_with("201"));
    EXPECT_EQ(mail(), 0);
    EXPECT_FALSE(store->read()->blob(sha256(body)));
    EXPECT_EQ(store->read()->grant(bob, dave.card.root())->level, GrantRecord::Level::blocked);
    EXPECT_TRUE(store->check());
}

TEST_F(UniformAnswersTest, a_vouch_is_never_told_however_often_and_late_its_sender_asks) {
    hear_from_carol();
    const DeliveryParts vouched = with_tag_of_carol(parts(alice));
    const DeliveryParts other = with_tag_of_carol(parts(alice));
    const std::string price_asked = told(vouched, alice);
    ASSERT_TRUE(price_asked.starts_with("402"));
    ASSERT_EQ(vouch_for(vouched), bob);
    EXPECT_EQ(vouch_for(vouched), 0) << "once";
    EXPECT_EQ(told(vouched, alice), price_asked);
    // Another stub under the same id: of who is a stranger, no stub has been kept.
    now += Seconds(1);
    const DeliveryParts same_id = parts(alice, parse_stub(*SignedNote::parse(vouched.stub))->id);
    EXPECT_TRUE(told(same_id, alice).starts_with("402"));
    // With a stamp it is held, until the time that was said first, and has its day.
    const DeliveryParts stamped = paid(vouched);
    const DeliveryParts stranger_s = paid(other);
    const std::string held = told(stamped, alice);
    EXPECT_EQ(told(stranger_s, alice), held);
    EXPECT_TRUE(held.starts_with("202"));
    now += Seconds(60);
    EXPECT_EQ(told(stamped, alice), held);
    EXPECT_EQ(told(stranger_s, alice), held);
    EXPECT_EQ(mail(), 3) << "carol's, the one on her word, the other";
    EXPECT_TRUE(store->check());
}

TEST_F(UniformAnswersTest, a_vouched_message_that_was_removed_is_told_as_before_and_stays_away) {
    hear_from_carol();
    const DeliveryParts asked = with_tag_of_carol(parts(alice));
    const DeliveryParts waited = with_tag_of_carol(paid(parts(alice)));
    const std::string price_asked = told(asked, alice);
    const std::string held = told(waited, alice);
    for (const DeliveryParts& sent : {asked, waited}) {
        ASSERT_EQ(vouch_for(sent), bob);
        const MessageId id = newest().id;
        ASSERT_TRUE(store->write_and_wait(
            [&](WriteTransaction& write) { return write.remove_message(bob, id); }));
    }
    EXPECT_EQ(told(asked, alice), price_asked);
    EXPECT_EQ(told(waited, alice), held);
    EXPECT_EQ(vouch_for(asked), 0);
    EXPECT_EQ(mail(), 1) << "carol's";
}

}  // namespace
}  // namespace kith
