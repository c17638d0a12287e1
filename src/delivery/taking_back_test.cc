// What a thief did in carol's name, at bob's server and at hers.
#include "delivery/taking_back.h"

#include "delivery/card_news.h"
#include "delivery/thiefs_doings.h"
#include "delivery/void_replies.h"
#include "delivery/word_tests.h"
#include "trust/vouching.h"

namespace kith {
namespace {

class TakingBackTest : public WordTest {
  protected:
    void work(const Store::Work& work) {
        const auto done = store->write_and_wait(work);
        ASSERT_TRUE(done) << done.error().text();
    }
    /// Carol's card after hers: her laptop counts for nothing since then.
    SignedCard recovered(Time since, RevocationReason reason = RevocationReason::compromised) {
        auto builder = CardBuilder::after(carol.card, now);
        EXPECT_TRUE(builder.remove_device("laptop", since, reason));
        builder.add_device(device_of("rescue", 200), CardBuilder::Admission::confirmed)
            .recover(key_of(kRecovery).public_key(), commitment_of(kNextRecovery));
        return *sign_with(builder.card(), {{"", kRecovery}});
    }
    std::vector<TakenBack> hear_of(const SignedCard& card) {
        std::vector<TakenBack> told;
        work([&](WriteTransaction& write) -> Result<void> {
            const auto resolution = TRY(resolve({carol.card, card}, carol.card.root()));
            told = TRY(heed_card(resolution.chain, write, now));
            return {};
        });
        return told;
    }
    std::string standing_of(const MessageRecord& message) {
        const auto stands = *store->read()->message(bob, message.id);
        return std::string(stands.state == MessageState::held ? "held " : "here ") +
               (stands.tier == MessageTier::unknown ? "unknown" : "known");
    }
    bool has_reason(const MessageRecord& message, ReasonCode code) {
        return parse_decision(store->read()->message(bob, message.id)->decision)->has(code);
    }
    /// From alice, as if carol's server had vouched for her.
    MessageRecord vouched_for() {
        MessageRecord message;
        work([&](WriteTransaction& write) -> Result<void> {
            const Stub stub = *parse_stub(*SignedNote::parse(parts(alice).stub));
            Decision decision;
            decision.tier = Tier::known;
            decision.outcome = decision.told = Outcome::deliver;
            decision.reasons.push_back({.code = ReasonCode::vouched,
                                        .text = "vouched",
                                        .data = {{"introducer", carol.address().text()},
                                                 {"introducer-root", carol.card.root().text()}}});
            message.stub_id = stub.id;
            message.from = stub.from.text();
            message.from_root = stub.root;
            message.stub = parts(alice, stub.id).stub;
            message.blob = stub.blob;
            message.blob_at = MessageRecord::Blob::elsewhere;
            message.mailbox = write.mailbox_by_role(bob, "inbox")->id;
            message.received_at = now;
            message.tier = MessageTier::known;
            message.decision = write_decision(decision);
            message.word = carol.card.root();
            message.id = TRY(write.add_message(bob, message)).id;
            return {};
        });
        return message;
    }
};

TEST_F(TakingBackTest, who_was_introduced_by_a_thief_is_a_stranger_again) {
    now += Seconds(60);
    const Time t0 = now;
    introduce(alice);
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    const MessageRecord first = newest();
    EXPECT_EQ(first.word, carol.card.root());
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    const MessageRecord second = newest();
    now += Seconds(60);
    const auto told = hear_of(recovered(t0));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].messages, 3U) << "the letter, and both of alice's";
    for (const MessageRecord& each : {first, second}) {
        EXPECT_EQ(standing_of(each), "held unknown");
        EXPECT_TRUE(has_reason(each, ReasonCode::word_taken_back));
    }
    EXPECT_FALSE(store->read()->grant(bob, alice.card.root()));
    EXPECT_TRUE(deliver(parts(alice), alice).starts_with("402"));
    EXPECT_TRUE(store->check());
}

TEST_F(TakingBackTest, an_introduction_from_before_stays) {
    introduce(alice);
    now += Seconds(60);
    const Time t0 = now;
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    const MessageRecord message = newest();
    hear_of(recovered(t0));
    EXPECT_EQ(standing_of(message), "here known");
    EXPECT_TRUE(store->read()->grant(bob, alice.card.root()));
}

TEST_F(TakingBackTest, whom_the_recipient_answered_meanwhile_is_heard_on_their_own_judgement) {
    const Time t0 = now;
    introduce(alice);
    ASSERT_EQ(deliver(parts(alice), alice), "201");
    const MessageRecord message = newest();
    say(MessageOutcome::engaged);
    hear_of(recovered(t0));
    EXPECT_EQ(standing_of(message), "here known");
}

TEST_F(TakingBackTest, what_came_on_a_vouch_since_then_goes_back_where_it_was_a_thief) {
    const MessageRecord before = vouched_for();
    now += Seconds(60);
    const Time t0 = now;
    const MessageRecord after = vouched_for();
    hear_of(recovered(t0));
    EXPECT_EQ(standing_of(before), "here known");
    EXPECT_EQ(standing_of(after), "held unknown");
}

TEST_F(TakingBackTest, vouches_stay_where_a_device_was_only_lost) {
    const MessageRecord message = vouched_for();
    hear_of(recovered(now, RevocationReason::lost));
    EXPECT_EQ(standing_of(message), "here known");
}

TEST_F(TakingBackTest, what_answers_had_earned_the_thief_is_gone) {
    const Time t0 = now;
    ASSERT_EQ(deliver(parts(carol), carol), "201");
    say(MessageOutcome::engaged);
    ASSERT_EQ(deliver(parts(carol), carol), "201");
    EXPECT_EQ(credit(bob, carol, GrantBucket::mail), "5.0");
    hear_of(recovered(t0));
    EXPECT_EQ(credit(bob, carol, GrantBucket::mail), "4.0");
    EXPECT_EQ(ledger_of(*store->read()->grant(bob, carol.card.root()), now).earned(now), Credit());
    hear_of(recovered(t0));
    EXPECT_EQ(credit(bob, carol, GrantBucket::mail), "4.0") << "once";
}

TEST_F(TakingBackTest, what_waits_in_requests_is_marked_and_stands_last_there) {
    work([&](WriteTransaction& write) -> Result<void> {
        write.remove_grant(bob, carol.card.root());
        return {};
    });
    const Time t0 = now;
    DeliveryParts mail = parts(carol);
    const auto note = *SignedNote::parse(mail.stub);
    work([&](WriteTransaction& write) -> Result<void> {
        const Stub stub = *parse_stub(note);
        MessageRecord message;
        message.stub_id = stub.id;
        message.from = stub.from.text();
        message.from_root = stub.root;
        message.stub = note.octets();
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.mailbox = write.mailbox_by_role(bob, "requests")->id;
        message.received_at = now;
        message.state = MessageState::held;
        message.decision = R"({"outcome":"hold"})";
        TRY(write.add_message(bob, message));
        return {};
    });
    const auto told = hear_of(recovered(t0));
    ASSERT_EQ(told.size(), 1U) << "who has them as no contact, too";
    EXPECT_EQ(told[0].messages, 0U);
    EXPECT_EQ(standing_of(newest()), "held unknown");
    EXPECT_TRUE(newest_decision().has(ReasonCode::key_revoked));
    EXPECT_TRUE(newest_decision().debits.empty());
}

// --- at carol's own server

class ThiefsDoingsTest : public TakingBackTest {
  protected:
    void SetUp() override {
        TakingBackTest::SetUp();
        carol_here = add_account(carol);
    }
    void undo(Time since, RevocationReason reason = RevocationReason::compromised) {
        const Card after = recovered(since, reason).card;
        work([&](WriteTransaction& write) -> Result<void> {
            TRY(undo_thiefs_doings(write, carol_here, carol.card.card, after, now));
            return {};
        });
    }
    void add_contact(const Somebody& who) {
        work([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = who.card.root();
            record.address = who.address().text();
            record.since = now;
            begin_ledger(record, write, carol_here, now);
            write.put_grant(carol_here, record);
            return {};
        });
    }
    GrantStanding standing(const Somebody& of) {
        return ledger_of(*store->read()->grant(carol_here, of.card.root()), now).standing(now);
    }

    AccountId carol_here = 0;
};

TEST_F(ThiefsDoingsTest, contacts_added_since_then_are_suspended_and_vouch_no_more) {
    add_contact(bob_self);
    now += Seconds(60);
    const Time t0 = now;
    add_contact(alice);
    now += Seconds(60);
    undo(t0);
    EXPECT_EQ(standing(bob_self), GrantStanding::known);
    EXPECT_EQ(standing(alice), GrantStanding::suspended);
    EXPECT_EQ(credit(carol_here, alice, GrantBucket::vouches), "0.0");
}

TEST_F(ThiefsDoingsTest, vouches_given_since_then_bring_nothing_back) {
    add_contact(alice);
    add_contact(bob_self);
    const Introduction made = introduction(alice);
    work([&](WriteTransaction& write) { return stand_for_both(made, carol_here, write, now); });
    undo(now);
    const auto serial = made.serial_for(alice.card.root());
    const auto record = store->read()->issued_vouch(serial);
    EXPECT_EQ(parse_issued_vouch(record->vouch)->state, IssuedVouch::State::settled);
    const OutcomeNote said{.domain = "two.test",
                           .time = now,
                           .outcome = MessageOutcome::engaged,
                           .vouch = serial,
                           .stub = std::nullopt};
    work([&](WriteTransaction& write) -> Result<void> {
        EXPECT_FALSE(take_outcome(said, write, now));
        return {};
    });
}

TEST_F(ThiefsDoingsTest, reply_tokens_given_since_then_are_void) {
    now += Seconds(60);
    const Time t0 = now;
    now += Seconds(60);
    undo(t0);
    const auto is_void = [&](Time made) {
        return is_reply_token_void(*store->read(), carol_here, made, now);
    };
    EXPECT_FALSE(is_void(t0 - Seconds(1)));
    EXPECT_TRUE(is_void(t0));
    EXPECT_TRUE(is_void(now));
    EXPECT_FALSE(is_void(now + Seconds(1)));
    now += kReplyTokenLife + Seconds(1);
    EXPECT_FALSE(is_void(t0)) << "it is over anyhow";
}

TEST_F(ThiefsDoingsTest, reply_tokens_of_a_device_that_was_only_lost_stay) {
    undo(now, RevocationReason::lost);
    EXPECT_FALSE(is_reply_token_void(*store->read(), carol_here, now, now));
}

TEST_F(ThiefsDoingsTest, what_waits_in_the_queue_is_stopped_and_what_was_delivered_stays) {
    using enum RecipientState;
    const Time t0 = now;
    work([&](WriteTransaction& write) -> Result<void> {
        std::vector<RecipientRecord> rows;
        for (const RecipientState state : {queued, held, needs_stamp, delivered}) {
            RecipientRecord row;
            row.address = "bob@two.test";
            row.domain = "two.test";
            row.stub = parts(carol).stub;
            row.blob = sha256(body);
            row.state = state;
            row.next_attempt = now;
            row.expires = now + 5 * kDay;
            rows.push_back(row);
        }
        write.add_submission(carol_here, 1, now, rows);
        return {};
    });
    undo(t0);
    const auto read = store->read();
    std::vector<RecipientState> states;
    for (const auto& submission : read->submissions(carol_here))
        for (const RecipientRecord& row : read->recipients(submission.id))
            states.push_back(row.state);
    std::ranges::sort(states);
    EXPECT_EQ(states, (std::vector{delivered, failed, failed, failed}));
}

}  // namespace
}  // namespace kith
