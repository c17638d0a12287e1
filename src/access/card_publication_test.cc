// CardDraft, POST /kith/1/cards, and what a published card takes back.
#include "access/client_fixture.h"
#include "access/object_ids.h"
#include "note/stub.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OwnCards : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    json::object publish(const Person& by, const SignedCard& card) {
        return ok(by, "Card/set", create_one({{"note", card.note.octets()}}));
    }
    json::object leave_draft(const Person& by, const SignedCard& card) {
        return ok(by, "CardDraft/set", create_one({{"note", card.note.octets()}}));
    }
    json::array drafts(const Person& of) {
        return at(ok(of, "CardDraft/get", {{"ids", nullptr}}), "/list").as_array();
    }
    Answer post_card(const SignedCard& card) {
        return post("/kith/1/cards", card.note.octets(), "", "text/plain; charset=utf-8");
    }
    CardBuilder next() const { return CardBuilder::after(alice.card(), clock.now()); }

    /// All devices go, a new one comes, T0 is `since`.
    SignedCard recovery(Time since, std::uint8_t next_key = 99) const {
        auto builder = next();
        for (const char* device : {"laptop", "phone"})
            KITH_CHECK(builder.remove_device(device, since, RevocationReason::compromised));
        builder.add_device(device_of("rescue", 7), CardBuilder::Admission::confirmed)
            .thaw()
            .recover(key_of(alice.recovery).public_key(), commitment_of(next_key));
        return *sign_with(builder.card(), {{"", alice.recovery}});
    }
    /// A message of alice's to `to`, signed by her phone, that came now.
    MessageId from_phone(const Person& to, std::uint8_t number, const std::string& keywords = "") {
        Stub stub;
        stub.id = std::string(31, '0') + static_cast<char>('0' + number);
        stub.time = clock.now();
        stub.expires = stub.time + std::chrono::days(20);
        stub.from = *Address::parse(alice.address);
        stub.root = alice.card().root();
        stub.card = alice.card().hash;
        stub.to = *parse_target(to.address);
        stub.blob = sha256(std::string("body of ") + stub.id);
        stub.size = 10;
        stub.keys = test_keys();
        const auto note =
            *SignedNote::sign(write_stub(stub), alice.address + "/phone", key_of(alice.phone));
        MessageRecord message;
        message.stub_id = stub.id;
        message.from = alice.address;
        message.from_root = stub.root;
        message.stub = note.octets();
        message.blob = stub.blob;
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.tier = MessageTier::well_trusted;
        message.keywords = keywords;
        return deliver(to, message);
    }
    std::string email(MessageId id) { return object_id(IdKind::email, id); }

    Person alice;
};

TEST_F(OwnCards, ADraftWaitsForTheOtherDeviceAndIsPublishedByIt) {
    clock.advance(kSeniorTime);
    ASSERT_EQ(log_in(alice).status, 200U);
    auto phone = alice;
    ASSERT_EQ(log_in(phone, "phone").status, 200U);
    auto builder = next();
    ASSERT_TRUE(builder.remove_device("phone", clock.now(), RevocationReason::lost));
    auto card = *sign_with(builder.card(), {{"laptop", alice.laptop}});
    EXPECT_THAT(bad_properties(publish(alice, card)), ElementsAre("note"));
    EXPECT_EQ(text_at(leave_draft(alice, card), "/created/c/id"), card.hash.hex_text());
    // The other device has hours for it.
    clock.advance(std::chrono::hours(10));
    const auto waiting = drafts(phone);
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(text_at(waiting[0], "/by"), "laptop");
    EXPECT_EQ(text_at(waiting[0], "/note"), card.note.octets());
    ASSERT_TRUE(card.note.cosign(alice.address + "/phone", key_of(alice.phone)));
    const auto set = publish(phone, card);
    EXPECT_EQ(text_at(set, "/created/c/hash"), card.hash.text()) << json::serialize(set);
    EXPECT_THAT(drafts(alice), IsEmpty());
    EXPECT_EQ(get("/jmap/session", phone.token).status, 401U);
}

TEST_F(OwnCards, ADraftIsOfADeviceAndFollowsTheCardThatStands) {
    auto builder = next();
    builder.freeze();
    const auto others = *sign_with(builder.card(), {{"phone", alice.phone}});
    EXPECT_THAT(bad_properties(leave_draft(alice, others)), ElementsAre("note"));
    const auto own = *sign_with(builder.card(), {{"laptop", alice.laptop}});
    clock.advance(Seconds(301));
    EXPECT_THAT(text_at(leave_draft(alice, own), "/notCreated/c/description"), HasSubstr("time"));
    EXPECT_THAT(bad_properties(leave_draft(alice, alice.card())), ElementsAre("note"));
    EXPECT_THAT(bad_properties(ok(alice, "CardDraft/set", create_one({{"note", "nonsense"}}))),
                ElementsAre("note"));
    EXPECT_THAT(drafts(alice), IsEmpty());
}

TEST_F(OwnCards, ADraftIsDroppedByItsExpiryByADeviceAndByAnyNextCard) {
    const auto leave = [&] {
        auto builder = next();
        builder.strangers({.stamp = false});
        const auto card = *sign_with(builder.card(), {{"laptop", alice.laptop}});
        leave_draft(alice, card);
        return card;
    };
    const auto id = leave().hash.hex_text();
    EXPECT_EQ(set_error(ok(alice, "CardDraft/set", destroy_one("ff"))), "notFound");
    ok(alice, "CardDraft/set", destroy_one(id));
    EXPECT_THAT(drafts(alice), IsEmpty());

    leave();
    auto builder = next();
    builder.freeze();
    publish(alice, *sign_with(builder.card(), {{"laptop", alice.laptop}}));
    EXPECT_THAT(drafts(alice), IsEmpty());
}

TEST_F(OwnCards, ARecoveryNeedsNoLoginAndEndsAllSessions) {
    clock.advance(Seconds(60));
    const auto card = recovery(clock.now());
    const auto answer = post_card(card);
    ASSERT_EQ(answer.status, 201U) << answer.body;
    EXPECT_EQ(text_at(answer.parsed(), "/hash"), card.hash.text());
    EXPECT_TRUE(read_card(text_at(answer.parsed(), "/card"))->note.names("one.test"));
    EXPECT_EQ(publisher.published, 1);
    EXPECT_EQ(get("/jmap/session", alice.token).status, 401U);
    EXPECT_EQ(post_card(card).status, 201U);  // its answer was lost: the same again
    EXPECT_EQ(publisher.published, 1);
    EXPECT_TRUE(store->read()->log_entry_of(card.hash));
    EXPECT_EQ(card_log.notified, 2);  // the account's first card, and this one
}

TEST_F(OwnCards, ARecoveryWinsOverWhatAThiefPublishedEvenFiftyCardsADay) {
    clock.advance(Seconds(60));
    const auto good = alice.card();
    for (int i = 0; i < 51; ++i) {
        auto builder = next();
        builder.strangers({.stamp = i % 2 == 0});
        const auto card = *sign_with(builder.card(), {{"laptop", alice.laptop}});
        if (!text_at(publish(alice, card), "/created/c/hash").empty())
            alice.cards.push_back(card);
    }
    EXPECT_EQ(alice.cards.size(), 51U);  // one more was too many
    const auto own_cards = [&](const char* property) {
        return at(ok(alice, "Card/get", {{"ids", {alice.address}}}), "/list/0")
            .as_object()
            .at(property)
            .as_array()
            .size();
    };
    EXPECT_EQ(own_cards("superseded"), 0U);
    alice.cards = {good};  // the owner saw none of them
    const auto answer = post_card(recovery(clock.now()));
    EXPECT_EQ(answer.status, 201U) << answer.body;
    EXPECT_EQ(get("/jmap/session", alice.token).status, 401U);
    // They stay in the directory log: her device must be able to tell whose they were.
    alice.phone = 7;
    ASSERT_EQ(log_in(alice, "rescue").status, 200U);
    EXPECT_EQ(own_cards("chain"), 2U);
    EXPECT_EQ(own_cards("superseded"), 50U);
}

TEST_F(OwnCards, WithoutALoginNobodyElseMayPublish) {
    clock.advance(Seconds(60));
    auto builder = next();
    builder.freeze();
    EXPECT_EQ(post_card(*sign_with(builder.card(), {{"laptop", alice.laptop}})).status, 403U);
    auto forged = alice;
    forged.recovery = kThief;
    std::swap(forged, alice);
    EXPECT_EQ(post_card(recovery(clock.now())).problem(), "bad-signature");
    std::swap(forged, alice);
    const auto nobody = make_person("nobody@one.test", 61);
    EXPECT_EQ(post_card(card_without(nobody, "phone")).status, 404U);
    EXPECT_EQ(post("/kith/1/cards", "nonsense").status, 400U);
    EXPECT_EQ(get("/kith/1/cards").status, 405U);
    const auto stale = recovery(clock.now());
    clock.advance(Seconds(301));
    EXPECT_EQ(post_card(stale).problem(), "refused");
    EXPECT_EQ(get("/jmap/session", alice.token).status, 200U);
}

class TakingBack : public OwnCards {
  protected:
    void SetUp() override {
        OwnCards::SetUp();
        bob = settled("bob@one.test", 11);
        ok(bob,
           "Contact/set",
           create_one({{"address", alice.address},
                       {"root", alice.card().root().text()},
                       {"level", "well-trusted"}}));
    }
    json::value mail(MessageId id) { return object(bob, "Email", email(id)); }
    json::value contact() { return object(bob, "Contact", alice.card().root().hex_text()); }

    Person bob;
};

TEST_F(TakingBack, WhatCameSinceT0IsUnknownAndWhatIsUnreadIsHeld) {
    const auto before = from_phone(bob, 1);
    clock.advance(Seconds(60));
    const Time t0 = clock.now();
    const auto at_t0 = from_phone(bob, 2);
    clock.advance(Seconds(60));
    const auto read = from_phone(bob, 3, "$seen");
    ASSERT_EQ(post_card(recovery(t0)).status, 201U);

    EXPECT_EQ(text_at(mail(before), "/kith/tier"), "well-trusted");
    EXPECT_EQ(text_at(mail(at_t0), "/kith/tier"), "unknown");
    EXPECT_EQ(text_at(mail(at_t0), "/kith/state"), "held");
    EXPECT_EQ(text_at(mail(at_t0), "/kith/decision/reasons/0/code"), "key-revoked");
    EXPECT_TRUE(at(mail(at_t0), "/blobId").is_null());
    EXPECT_THAT(query(bob, "Request"), ElementsAre(email(at_t0)));
    EXPECT_EQ(text_at(mail(read), "/kith/tier"), "unknown");
    EXPECT_EQ(text_at(mail(read), "/kith/state"), "delivered");
    EXPECT_EQ(at(contact(), "/keyReplaced/takenBack"), json::value(2));
    EXPECT_EQ(text_at(contact(), "/keyReplaced/since"), format_time(t0));
    EXPECT_THAT(query(bob, "Contact", {{"filter", json::object{{"keyReplaced", true}}}}),
                ElementsAre(alice.card().root().hex_text()));
}

TEST_F(TakingBack, AnotherDevicesMessagesStay) {
    const auto phones = from_phone(bob, 1);
    clock.advance(Seconds(60));
    auto builder = next();
    ASSERT_TRUE(builder.remove_device(
        "laptop", clock.now() - std::chrono::hours(1), RevocationReason::compromised));
    builder.recover(key_of(alice.recovery).public_key(), commitment_of(99));
    ASSERT_EQ(post_card(*sign_with(builder.card(), {{"", alice.recovery}})).status, 201U);
    EXPECT_EQ(text_at(mail(phones), "/kith/tier"), "well-trusted");
    EXPECT_EQ(at(contact(), "/keyReplaced/takenBack"), json::value(0));
}

TEST_F(TakingBack, TheNoticeIsForgottenAfterThirtyDays) {
    EXPECT_TRUE(at(contact(), "/keyReplaced").is_null());
    clock.advance(Seconds(60));
    ASSERT_EQ(post_card(recovery(clock.now())).status, 201U);
    EXPECT_FALSE(at(contact(), "/keyReplaced").is_null());
    clock.advance(std::chrono::days(31));
    ASSERT_EQ(log_in(bob).status, 200U);
    EXPECT_TRUE(at(contact(), "/keyReplaced").is_null());
}

TEST_F(TakingBack, TokensThatTheThiefMadeAreRevoked) {
    const auto make = [&] {
        return text_at(ok(alice, "Token/set", create_one({{"kind", "invite"}})), "/created/c/id");
    };
    const auto old = make();
    clock.advance(Seconds(60));
    const Time t0 = clock.now();
    const auto thiefs = make();
    ASSERT_EQ(post_card(recovery(t0)).status, 201U);
    const AccountId account = *parse_object_id(IdKind::account, alice.account_id);
    EXPECT_EQ(store->read()->token(account, old)->standing, TokenRecord::Standing::valid);
    EXPECT_EQ(store->read()->token(account, thiefs)->standing, TokenRecord::Standing::revoked);
}

}  // namespace
}  // namespace kith
