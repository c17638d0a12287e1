// A mailing list that bob joined: carol@three.test is the list's account.
#include "delivery/vouches.h"
#include "delivery/word_tests.h"

namespace kith {
namespace {

constexpr std::int64_t kRate = 10;  ///< posts a day that bob takes

class ListsTest : public WordTest {
  protected:
    Bytes secret = Bytes(32, 9);  ///< of the list's server
    std::string token;

    void SetUp() override {
        WordTest::SetUp();
        change_grant([](GrantRecord& grant) { grant.source = kListSource; });
        const auto made = tokens.make(TokenKind::newsletter, bob_self.address(), random);
        token = made.text;
        TokenRecord record;
        record.id = made.id;
        record.text = made.text;
        record.kind = TokenRecord::Kind::newsletter;
        record.label = "carol@three.test";
        record.per_day = kRate;
        record.bound_root = carol.card.root();
        put(record);
    }
    void put(const TokenRecord& record) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            write.put_token(bob, record);
            return {};
        }));
    }
    void change_grant(const std::function<void(GrantRecord&)>& change) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record = *write.grant(bob, carol.card.root());
            change(record);
            write.put_grant(bob, record);
            return {};
        }));
    }
    DeliveryParts post() {
        DeliveryParts out = parts(carol);
        out.token = token;
        return out;
    }
    std::string post_one() { return deliver(post(), carol); }
    std::string mail_of_list() { return credit(bob, carol, GrantBucket::mail); }
};

TEST_F(ListsTest, posts_come_by_the_token_of_the_list_and_not_by_what_a_person_may_send) {
    for (std::int64_t i = 0; i < kRate; ++i) {
        ASSERT_EQ(post_one(), "201");
        EXPECT_FALSE(newest_decision().flags.batched) << i;
        EXPECT_EQ(newest().tier, MessageTier::known);
    }
    EXPECT_EQ(newest_decision().text,
              "Delivered: carol@three.test is a mailing list that you joined; it came with the "
              "newsletter token \"carol@three.test\" that you gave out.");
    EXPECT_EQ(mail_of_list(), "6.0");
}

TEST_F(ListsTest, what_is_over_the_rate_comes_again_the_next_day) {
    for (std::int64_t i = 0; i < kRate; ++i)
        ASSERT_EQ(post_one(), "201");
    const DeliveryParts late = post();
    EXPECT_EQ(deliver(late, carol), "429 the token is used up for today");
    now += kDay;
    EXPECT_EQ(deliver(late, carol), "201");
}

TEST_F(ListsTest, a_hacked_list_is_bounded_by_the_rate_and_a_stranger_without_the_token) {
    std::int64_t taken = 0;
    const std::int64_t days = 5;
    for (const Time end = now + days * kDay; now < end; now += Seconds(3'600))
        for (int i = 0; i < 4; ++i)
            taken += post_one() == "201" ? 1 : 0;
    EXPECT_LE(taken, kRate * (days + 1));
    EXPECT_GE(taken, kRate * days);
    EXPECT_TRUE(deliver(parts(carol), carol).starts_with("402"));
    EXPECT_EQ(mail_of_list(), "6.0") << "it has no meter of a person's mail";
}

TEST_F(ListsTest, who_left_is_reached_neither_with_the_token_nor_without) {
    ASSERT_EQ(post_one(), "201");
    TokenRecord record = store->read()->tokens(bob).front();
    record.standing = TokenRecord::Standing::revoked;
    put(record);
    EXPECT_TRUE(post_one().starts_with("403")) << "at once, the contact still being there";
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.remove_grant(bob, carol.card.root());
        return {};
    }));
    EXPECT_TRUE(post_one().starts_with("403"));
    EXPECT_TRUE(deliver(parts(carol), carol).starts_with("402"));
}

TEST_F(ListsTest, the_token_is_nobody_else_s) {
    DeliveryParts stolen = parts(alice);
    stolen.token = token;
    EXPECT_TRUE(deliver(stolen, alice).starts_with("403")) << "not even when it comes first";
    EXPECT_EQ(post_one(), "201");
}

TEST_F(ListsTest, a_complaint_costs_the_list_its_word) {
    ASSERT_EQ(post_one(), "201");
    say(MessageOutcome::unwanted);
    EXPECT_EQ(word_of_carol(), "2.4");
    ASSERT_EQ(post_one(), "201");
    say(MessageOutcome::looks_hacked);
    EXPECT_EQ(post_one(), "202") << "until bob says that it is well again";
}

TEST_F(ListsTest, a_list_introduces_and_bob_stands_for_it_to_nobody) {
    DeliveryParts first = post();
    first.introducer = write_weekly_keys(weekly_keys(secret, carol.card.root(), now));
    ASSERT_EQ(deliver(first, carol), "201");
    // alice, another member, writes to bob: her server has the list's key, too.
    DeliveryParts mail = parts(alice);
    const Stub stub = *parse_stub(*SignedNote::parse(mail.stub));
    const std::vector<HintKey> keys{weekly_keys(secret, carol.card.root(), now).front().key};
    mail.hints = to_text(make_hints(*HintMessage::of(stub.id, stub.to.address), keys, random));
    mail.ask = SignedNote::sign(write_ask(ask_of(stub)), "one.test", alice.domain_key())->octets();
    Candidate candidate = std::get<Candidate>(inbound->read(mail, now));
    const auto found = inbound->find_hinted(candidate, alice.domain_keys(), *store->read(), now);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->address.text(), "carol@three.test");
    // What bob's server would say of the list, asked by somebody to whom it writes.
    EXPECT_FALSE(is_firm_contact(*store->read(), bob, "carol@three.test", now));
    EXPECT_TRUE(is_joined_list(*store->read(), bob, "carol@three.test"));
    VouchRequest request{.ask = ask_of(*parse_stub(*SignedNote::parse(parts(carol).stub))),
                         .introducer = bob_self.card.root(),
                         .recipient = sha256("1")};
    EXPECT_FALSE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        TRY(give_vouch(request, "two.test", write, now));
        return {};
    }));
    EXPECT_EQ(credit(bob, carol, GrantBucket::vouches), "5.0");
}

TEST_F(ListsTest, a_letter_of_the_list_introduces_two_members) {
    DeliveryParts mail = letter(introduction(alice));
    mail.token = token;
    ASSERT_EQ(deliver(mail, carol), "201");
    EXPECT_TRUE(newest_decision().has(ReasonCode::introduces));
    EXPECT_EQ(deliver(parts(alice), alice), "201");
    EXPECT_EQ(word_of_carol(), "2.0");
}

TEST_F(ListsTest, nobody_s_word_brings_a_list_in) {
    // Somebody whom bob knows introduces the list to him: he has said how it is to come.
    const auto dave = Somebody::at("dave@one.test", 130);
    grant(bob, dave, GrantRecord::Level::known);
    Introduction words = introduction(carol);
    words.from = dave.address();
    words.root = dave.card.root();
    words.card = dave.card.hash;
    DeliveryParts mail = parts(dave);
    mail.introduction = dave.signed_by_both(write_introduction(words));
    ASSERT_EQ(deliver(mail, dave), "201");
    EXPECT_TRUE(deliver(parts(carol), carol).starts_with("402"));
    EXPECT_EQ(post_one(), "201");
}

TEST_F(ListsTest, whose_reader_was_silent_for_400_days_still_comes_and_has_no_word) {
    change_grant([&](GrantRecord& grant) {
        set_ledger(grant, GrantLedger::granted(GrantLevel::known, now - 401 * kDay));
    });
    EXPECT_EQ(word_of_carol(), "0.0");
    EXPECT_EQ(post_one(), "201");
    EXPECT_TRUE(newest_decision().has(ReasonCode::contact_list));
}

}  // namespace
}  // namespace kith
