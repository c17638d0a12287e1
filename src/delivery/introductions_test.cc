#include "delivery/introductions.h"

#include <random>

#include "delivery/word_tests.h"

namespace kith {
namespace {

class IntroductionsTest : public WordTest {};

TEST_F(IntroductionsTest, let_a_stranger_in_on_the_introducers_meter) {
    EXPECT_TRUE(deliver(parts(alice), alice).starts_with("402"));
    introduce(alice);
    EXPECT_EQ(newest_decision().text,
              "Delivered: carol@three.test is your contact (known); it introduces alice@one.test "
              "to you, whom you hear on their word until " +
                  format_time(now + kMaxIntroductionLife) + ".");
    EXPECT_EQ(word_of_carol(), "3.0") << "what it costs is booked when she writes";
    EXPECT_EQ(deliver(parts(alice), alice), "201");
    EXPECT_EQ(newest_decision().text, "Delivered: introduced by carol@three.test, whom you know.");
    EXPECT_TRUE(newest_decision().flags.active_content_off);
    EXPECT_EQ(newest().tier, MessageTier::known);
    EXPECT_EQ(word_of_carol(), "2.0");
    EXPECT_EQ(deliver(parts(alice), alice), "201");
    EXPECT_EQ(newest_decision().reasons.front().text,
              "carol@three.test introduced alice@one.test to you");
    EXPECT_EQ(word_of_carol(), "2.0") << "once for each whom she introduces";
    now += 31 * kDay;
    EXPECT_NE(deliver(parts(alice), alice), "201") << "for 30 days";
}

TEST_F(IntroductionsTest, whose_subject_is_unwanted_make_the_word_count_for_less) {
    introduce(alice);
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    say(MessageOutcome::unwanted);
    EXPECT_EQ(word_of_carol(), "1.6");
    const auto queued = store->read()->due_notes(now, 10);
    ASSERT_EQ(queued.size(), 2U) << "her server is told, and the sender's own";
    EXPECT_EQ(queued.front().domain, "three.test");
    EXPECT_NE(queued.front().text.find("\noutcome unwanted\n"), std::string::npos);
    EXPECT_NE(queued.front().text.find("\nvouch "), std::string::npos);
    EXPECT_EQ(queued.back().domain, "one.test");
    const auto home = parse_outcome(*SignedNote::sign(queued.back().text, "two.test", domain_key));
    ASSERT_TRUE(home);
    EXPECT_EQ(home->stub, SignedNote::parse(newest().stub)->hash());
    EXPECT_EQ(home->root, bob_self.card.root());
}

TEST_F(IntroductionsTest, whose_subject_is_answered_cost_nothing) {
    introduce(alice);
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    say(MessageOutcome::engaged);
    EXPECT_EQ(word_of_carol(), "3.0");
}

TEST_F(IntroductionsTest, of_whose_word_is_used_up_let_nobody_in) {
    for (std::uint8_t i = 0; i < 4; ++i) {
        const auto sybil = Somebody::at("s" + std::to_string(i) + "@one.test",
                                        static_cast<std::uint8_t>(130 + 2 * i));
        introduce(sybil);
        const std::string answer = deliver(parts(sybil), sybil);
        EXPECT_EQ(answer.substr(0, 3), i < 3 ? "201" : "402");
    }
}

TEST_F(IntroductionsTest, count_from_contacts_alone) {
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.remove_grant(bob, carol.card.root());
        return {};
    }));
    EXPECT_TRUE(deliver(letter(introduction(alice)), carol).starts_with("402"));
    EXPECT_TRUE(deliver(parts(alice), alice).starts_with("402"));
    // Whoever was introduced introduces nobody: no path is longer than two grants.
    grant(bob, carol, GrantRecord::Level::known);
    introduce(alice);
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    const auto dave = Somebody::at("dave@one.test", 130);
    Introduction chained = introduction(dave);
    chained.from = alice.address();
    chained.root = alice.card.root();
    chained.card = alice.card.hash;
    DeliveryParts from_alice = parts(alice);
    from_alice.introduction = alice.signed_by_both(write_introduction(chained));
    ASSERT_EQ(deliver(from_alice, alice), "201");
    EXPECT_TRUE(newest_decision().has(ReasonCode::introduces_in_vain));
    EXPECT_TRUE(deliver(parts(dave), dave).starts_with("402"));
}

TEST_F(IntroductionsTest, that_are_not_the_bringers_are_refused) {
    const auto refused = [&](auto change) {
        Introduction changed = introduction(alice);
        change(changed);
        return deliver(letter(changed), carol);
    };
    EXPECT_EQ(refused([&](Introduction& i) { i.from = alice.address(); }).substr(0, 24),
              "403 introduction: from: ");
    EXPECT_EQ(refused([&](Introduction& i) { i.card = sha256("x"); }).substr(0, 24),
              "403 introduction: card: ");
    EXPECT_EQ(refused([&](Introduction& i) { i.people[1].root = sha256("x"); }),
              "400 introduction: person: the recipient is neither");
    EXPECT_EQ(refused([&](Introduction& i) { i.expires = i.time + 31 * kDay; }).substr(0, 3),
              "413");
    DeliveryParts unsigned_by_domain = parts(carol);
    unsigned_by_domain.introduction = SignedNote::sign(write_introduction(introduction(alice)),
                                                       carol.card.card.key_name("laptop"),
                                                       key_of(carol.device))
                                          ->octets();
    EXPECT_EQ(deliver(unsigned_by_domain, carol).substr(0, 3), "403");
    DeliveryParts garbage = parts(carol);
    garbage.introduction = "kith/1 introduction\n";
    EXPECT_EQ(deliver(garbage, carol).substr(0, 3), "400");
    EXPECT_TRUE(deliver(parts(alice), alice).starts_with("402"));
}

TEST_F(IntroductionsTest, of_somebody_blocked_change_nothing) {
    grant(bob, alice, GrantRecord::Level::blocked);
    introduce(alice);
    const auto before = newest().id;
    EXPECT_TRUE(deliver(parts(alice), alice).starts_with("2")) << "answered as if it were heard";
    EXPECT_EQ(newest().id, before);
}

TEST_F(IntroductionsTest, stand_on_both_peoples_accounts_at_the_introducers_server) {
    const AccountId carol_here = add_account(carol);
    grant(carol_here, alice, GrantRecord::Level::known);
    grant(carol_here, bob_self, GrantRecord::Level::known);
    const Introduction made = introduction(alice);
    // The write goes on, as where it is one object of several.
    const auto stand = [&](const Introduction& of) {
        Result<void> stood;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            stood = stand_for_both(of, carol_here, write, now);
            return {};
        }));
        return stood;
    };
    ASSERT_TRUE(stand(made));
    EXPECT_EQ(credit(carol_here, alice, GrantBucket::vouches), "4.0");
    EXPECT_EQ(credit(carol_here, bob_self, GrantBucket::vouches), "4.0");
    const OutcomeNote said{.domain = "two.test",
                           .time = now,
                           .outcome = MessageOutcome::unwanted,
                           .vouch = made.serial_for(alice.card.root()),
                           .stub = std::nullopt,
                           .root = std::nullopt};
    const auto take = [&](const OutcomeNote& note) {
        return store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            TRY(take_outcome(note, write, now));
            return {};
        });
    };
    OutcomeNote meddling = said;
    meddling.domain = "evil.test";
    EXPECT_EQ(take(meddling).error().kind, ErrorKind::denied);
    EXPECT_TRUE(take(said));
    EXPECT_EQ(credit(carol_here, alice, GrantBucket::vouches), "2.0");
    EXPECT_EQ(credit(carol_here, bob_self, GrantBucket::vouches), "4.0");
    EXPECT_EQ(take(said).error().kind, ErrorKind::conflict) << "an outcome counts once";
    Introduction stranger = introduction(Somebody::at("dave@one.test", 130));
    EXPECT_EQ(stand(stranger).error().kind, ErrorKind::not_found);
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(stand(introduction(alice)));
    EXPECT_EQ(stand(introduction(alice)).error().kind, ErrorKind::limit);
    EXPECT_EQ(credit(carol_here, bob_self, GrantBucket::vouches), "2.0") << "both or neither";
}

// Whatever carol does who was hacked, and whoever she introduces: the strangers who reach bob on
// her word are bounded by the meter of the one edge bob→carol (section 5.5).
TEST_F(IntroductionsTest, never_let_in_more_than_the_edge_allows) {
    std::mt19937 draw(7);
    int let_in = 0;
    std::uint8_t number = 0;
    const Time begin = now;
    for (int step = 0; step < 60; ++step) {
        now += Seconds(static_cast<std::int64_t>(draw() % 86'400));
        const auto sybil = Somebody::at("s" + std::to_string(step) + "@one.test",
                                        static_cast<std::uint8_t>(130 + 2 * (number++ % 50)));
        deliver(letter(introduction(sybil)), carol);
        for (std::uint32_t i = 0; i <= draw() % 3; ++i)
            if (deliver(parts(sybil), sybil) == "201") {
                let_in += newest_decision().has(ReasonCode::introduced) ? 1 : 0;
                if (draw() % 8 == 0)
                    say(MessageOutcome::unwanted);
            }
        const double days = static_cast<double>((now - begin).count()) / 86'400;
        ASSERT_LE(let_in, 3 + 0.2 * days) << "after " << days << " days";
    }
    EXPECT_GE(let_in, 3);
}

}  // namespace
}  // namespace kith
