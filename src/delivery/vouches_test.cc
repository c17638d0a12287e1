#include "delivery/vouches.h"

#include "crypto/puzzle.h"
#include "delivery/word_tests.h"
#include "note/stamp.h"

namespace kith {
namespace {

class VouchesTest : public WordTest {
  protected:
    Bytes secret = Bytes(32, 9);  ///< of carol's server

    // What carol's server sends along with her mail to contacts.
    std::string keys_of_carol() {
        return write_weekly_keys(weekly_keys(secret, carol.card.root(), now));
    }
    void hear_from_carol() {
        DeliveryParts mail = parts(carol);
        mail.introducer = keys_of_carol();
        ASSERT_EQ(deliver(mail, carol), "201");
    }
    // alice's first message; with the tag of carol, whose key she holds, or without.
    enum class Tag { none, of_carol };
    DeliveryParts first_contact(Tag tag) {
        DeliveryParts out = parts(alice);
        const Stub stub = *parse_stub(*SignedNote::parse(out.stub));
        std::vector<HintKey> keys;
        if (tag == Tag::of_carol)
            keys.push_back(weekly_keys(secret, carol.card.root(), now).front().key);
        const auto message = *HintMessage::of(stub.id, stub.to.address);
        out.hints = to_text(make_hints(message, keys, random));
        out.ask =
            SignedNote::sign(write_ask(ask_of(stub)), "one.test", alice.domain_key())->octets();
        return out;
    }
    // As it is answered, and then with whose tag was found.
    Candidate look(const DeliveryParts& parts) {
        Candidate candidate = std::get<Candidate>(inbound->read(parts, now));
        const auto read = store->read();
        answer = inbound->preview(candidate, alice.domain_keys(), *read, now);
        candidate.vouched = inbound->find_hinted(candidate, alice.domain_keys(), *read, now);
        return candidate;
    }
    Verdict answer;  ///< of the last look()

    Verdict take_vouched(Candidate candidate) {
        candidate.vouched->serial = std::string(32, 'e');
        Verdict verdict;
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            verdict = TRY(inbound->commit_vouched(
                candidate, alice.domain_keys(), write, {to_bytes(body), false}, now));
            return {};
        }));
        return verdict;
    }
    std::string stamp_for(const DeliveryParts& parts) const {
        const Price asked = price.current(now);
        Stamp stamp{
            .puzzle = asked.puzzle, .effort = asked.effort, .seed = asked.seed, .solution = {}};
        const std::string challenge = stamp_challenge(stamp, SignedNote::parse(parts.stub)->hash());
        stamp.solution = *solve_puzzle(as_bytes(challenge), stamp.effort, {}).solution;
        return write_stamp(stamp);
    }
};

TEST_F(VouchesTest, are_asked_of_a_contact_whose_tag_is_there_and_of_nobody_else) {
    EXPECT_FALSE(look(first_contact(Tag::of_carol)).vouched) << "she has sent no key yet";
    hear_from_carol();
    EXPECT_FALSE(look(first_contact(Tag::none)).vouched);
    const auto candidate = look(first_contact(Tag::of_carol));
    ASSERT_TRUE(candidate.vouched);
    EXPECT_EQ(candidate.vouched->root, carol.card.root());
    EXPECT_EQ(candidate.vouched->address.text(), "carol@three.test");
    // An ask that says something else than the stub is not passed on.
    DeliveryParts other = first_contact(Tag::of_carol);
    other.ask = first_contact(Tag::of_carol).ask;
    EXPECT_FALSE(look(other).vouched);
    // Nor is anybody asked whose word is worth nothing here.
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        GrantRecord grant = *write.grant(bob, carol.card.root());
        choose_level(grant, GrantRecord::Level::blocked, now);
        write.put_grant(bob, grant);
        return {};
    }));
    EXPECT_FALSE(look(first_contact(Tag::of_carol)).vouched);
}

TEST_F(VouchesTest, change_nothing_of_what_the_sender_is_answered) {
    hear_from_carol();
    const auto same = [&](const auto& change) {
        DeliveryParts with = first_contact(Tag::of_carol);
        DeliveryParts without = first_contact(Tag::none);
        change(with);
        change(without);
        look(without);
        const Verdict stranger = answer;
        EXPECT_TRUE(look(with).vouched);
        EXPECT_EQ(answer.status(), stranger.status());
        EXPECT_EQ(answer.problem.detail, stranger.problem.detail);
        EXPECT_EQ(answer.body, stranger.body);
        return stranger.status();
    };
    EXPECT_EQ(same([](DeliveryParts&) {}), 402);
    EXPECT_EQ(same([&](DeliveryParts& parts) { parts.stamp = stamp_for(parts); }), 202);

    DeliveryParts mail = first_contact(Tag::of_carol);
    const Verdict taken = take_vouched(look(mail));
    EXPECT_EQ(taken.account, bob);
    EXPECT_EQ(newest().tier, MessageTier::known);
    EXPECT_EQ(newest().state, MessageState::delivered);
    EXPECT_TRUE(newest_decision().has(ReasonCode::vouched));
    EXPECT_EQ(newest_decision().told, Outcome::price);
    EXPECT_EQ(word_of_carol(), "2.0");
    const MessageId stored = newest().id;
    EXPECT_TRUE(deliver(mail, alice).starts_with("402")) << "as before";
    mail.stamp = stamp_for(mail);
    EXPECT_EQ(deliver(mail, alice), "202") << "like any stranger who pays";
    EXPECT_EQ(newest().id, stored) << "and nothing comes twice";
    EXPECT_EQ(take_vouched(look(first_contact(Tag::of_carol))).account, bob);
    EXPECT_EQ(word_of_carol(), "1.0");
}

TEST_F(VouchesTest, bring_what_waits_in_requests_to_the_inbox) {
    hear_from_carol();
    DeliveryParts mail = first_contact(Tag::of_carol);
    mail.stamp = stamp_for(mail);
    const Candidate candidate = look(mail);
    ASSERT_EQ(deliver(mail, alice), "202");
    EXPECT_EQ(newest().state, MessageState::held);
    EXPECT_EQ(take_vouched(candidate).account, bob);
    EXPECT_EQ(newest().state, MessageState::delivered);
    EXPECT_EQ(store->read()->messages(bob, {}).total, 2) << "carol's and this one";
    EXPECT_EQ(take_vouched(candidate).account, 0) << "once";
    EXPECT_EQ(deliver(mail, alice), "202");
    say(MessageOutcome::unwanted);
    EXPECT_EQ(word_of_carol(), "1.6");
    EXPECT_TRUE(store->check());
}

TEST_F(VouchesTest, are_given_for_contacts_once_for_an_ask_and_as_often_as_may_be) {
    const AccountId carol_here = add_account(carol);
    grant(carol_here, alice, GrantRecord::Level::known);
    const Stub stub = *parse_stub(*SignedNote::parse(parts(alice).stub));
    VouchRequest request{
        .ask = ask_of(stub), .introducer = carol.card.root(), .recipient = sha256("1")};
    const auto ask = [&]() -> std::string {
        std::string serial;
        const auto done = store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            serial = TRY(give_vouch(request, "three.test", write, now)).serial;
            return {};
        });
        return done ? serial : "none: " + done.error().text();
    };
    const std::string first = ask();
    EXPECT_EQ(first.size(), 32U);
    EXPECT_EQ(ask(), first) << "the same ask again costs nothing";
    EXPECT_EQ(credit(carol_here, alice, GrantBucket::vouches), "4.0");
    for (const char* other : {"2", "3", "4", "5"}) {
        request.recipient = sha256(other);
        EXPECT_NE(ask(), first);
    }
    const std::string none = [&] {
        request.recipient = sha256("6");
        return ask();
    }();
    EXPECT_TRUE(none.starts_with("none: ")) << none;
    request.introducer = sha256("somebody");
    EXPECT_EQ(ask(), none) << "in the same words, whyever there is none";
    request.introducer = carol.card.root();
    request.ask.root = bob_self.card.root();
    EXPECT_EQ(ask(), none);
    request.ask.root = alice.card.root();
    request.ask.from = *Address::parse("alice@evil.test");
    EXPECT_EQ(ask(), none) << "under another address a root is nobody's contact";
}

TEST_F(VouchesTest, find_the_common_contact_from_what_the_senders_server_holds) {
    // alice's server is this one now: it holds carol's key as bob's does.
    const AccountId alice_here = add_account(alice);
    grant(alice_here, carol, GrantRecord::Level::known);
    hear_from_carol();
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        keep_weekly_keys(write, alice_here, carol.card.root(), keys_of_carol());
        return {};
    }));
    DeliveryParts mail = first_contact(Tag::none);
    const Stub stub = *parse_stub(*SignedNote::parse(mail.stub));
    mail.hints = to_text(*hints_of(*store->read(), alice_here, stub, random));
    EXPECT_EQ(mail.hints->size(), 128U);
    EXPECT_TRUE(look(mail).vouched);
    // A contact that is gone leaves no key.
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        write.remove_grant(alice_here, carol.card.root());
        return {};
    }));
    mail.hints = to_text(*hints_of(*store->read(), alice_here, stub, random));
    EXPECT_FALSE(look(mail).vouched);
}

}  // namespace
}  // namespace kith
