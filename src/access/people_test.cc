// Card, Contact, Token, Request.
#include "access/client_fixture.h"
#include "delivery/grant_ledgers.h"
#include "note/token_link.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class People : public ClientFixture {
  protected:
    void SetUp() override {
        alice = settled("alice@one.test", 1);
        bob = make_person("bob@two.test", 31);
        directory.cards.emplace(bob.address, bob.card());
    }

    /// As the directory does when it has fetched a card.
    void know_bob() {
        write([&](WriteTransaction& store_now) -> Result<void> {
            store_now.add_card({.hash = bob.card().hash,
                                .root = bob.card().root(),
                                .address = bob.address,
                                .serial = 1,
                                .note = bob.card().note.octets(),
                                .first_seen = clock.now()});
            return {};
        });
    }
    json::object contact(const std::string& level = "known") const {
        return {{"address", bob.address}, {"root", bob.card().root().text()}, {"level", level}};
    }
    std::string bob_id() const { return bob.card().root().hex_text(); }

    Person alice;
    Person bob;
};

class Cards : public People {
  protected:
    json::object publish(const SignedCard& card) {
        return ok(alice, "Card/set", create_one({{"note", card.note.octets()}}));
    }
    SignedCard next(CardBuilder& builder) const {
        return *sign_with(builder.card(), {{"laptop", alice.laptop}, {"phone", alice.phone}});
    }
};

TEST_F(Cards, OnesOwnIsGivenWithItsChain) {
    const auto all = ok(alice, "Card/get", {{"ids", nullptr}});
    EXPECT_EQ(text_at(all, "/list/0/address"), "alice@one.test");
    EXPECT_EQ(text_at(all, "/list/0/hash"), alice.card().hash.text());
    EXPECT_EQ(text_at(all, "/list/0/listedBy"), "one.test");
    EXPECT_THAT(texts_at(all, "/list/0/chain"), ElementsAre(alice.card().note.octets()));
}

TEST_F(Cards, ThoseOfOthersAreAskedOfTheirDomains) {
    const auto found =
        ok(alice, "Card/get", {{"ids", json::array{bob.address, "nobody@two.test", "nonsense"}}});
    EXPECT_EQ(text_at(found, "/list/0/id"), bob.address);
    EXPECT_EQ(text_at(found, "/list/0/root"), bob.card().root().text());
    EXPECT_EQ(text_at(found, "/list/0/secure"), "dnssec");
    EXPECT_TRUE(at(found, "/list/0/listedBy").is_null());
    EXPECT_THAT(texts_at(found, "/notFound"), UnorderedElementsAre("nobody@two.test", "nonsense"));
    EXPECT_EQ(text_at(found, "/kith:errors/nobody@two.test/type"), "no-such-account");
}

TEST_F(Cards, ADomainThatDoesNotAnswerIsToldApartFromOneThatLies) {
    directory.failures = {{"a@two.test", fail(ErrorKind::not_found, "domain", "has no server")},
                          {"b@two.test", fail(ErrorKind::timeout, "server")},
                          {"c@two.test", fail(ErrorKind::bad_signature, "card")}};
    const auto found =
        ok(alice, "Card/get", {{"ids", json::array{"a@two.test", "b@two.test", "c@two.test"}}});
    EXPECT_EQ(text_at(found, "/kith:errors/a@two.test/type"), "no-route");
    EXPECT_EQ(text_at(found, "/kith:errors/b@two.test/type"), "unavailable");
    EXPECT_EQ(text_at(found, "/kith:errors/c@two.test/type"), "untrusted");
}

TEST_F(Cards, ThoseOfNeighboursComeFromTheStore) {
    const auto carol = settled("carol@one.test", 11);
    const auto found =
        ok(alice, "Card/get", {{"ids", json::array{carol.address, "nobody@one.test"}}});
    EXPECT_EQ(text_at(found, "/list/0/root"), carol.card().root().text());
    EXPECT_EQ(text_at(found, "/kith:errors/nobody@one.test/type"), "no-such-account");
}

TEST_F(Cards, OnlySoManyOtherDomainsAreAskedAtOnce) {
    start({.foreign_cards_at_once = 1});
    EXPECT_EQ(error(alice, "Card/get", {{"ids", json::array{"a@two.test", "b@two.test"}}}),
              "requestTooLarge");
}

TEST_F(Cards, ANextOneIsSignedByTheDomainStoredAndPublished) {
    clock.advance(Seconds(60));
    auto builder = CardBuilder::after(alice.card(), clock.now());
    builder.add_device(device_of("tablet", 7), CardBuilder::Admission::pending);
    const auto card = next(builder);
    const auto before = state(alice, "Device");
    const auto set = publish(card);
    EXPECT_EQ(text_at(set, "/created/c/hash"), card.hash.text()) << json::serialize(set);
    EXPECT_EQ(at(set, "/created/c/serial"), json::value(2));
    EXPECT_EQ(publisher.published, 1);
    const auto own = ok(alice, "Card/get", {{"ids", nullptr}});
    EXPECT_EQ(texts_at(own, "/list/0/chain").size(), 2U);
    EXPECT_EQ(text_at(own, "/list/0/listedBy"), "one.test");
    const auto devices = ok(alice, "Device/changes", {{"sinceState", before}});
    EXPECT_THAT(texts_at(devices, "/created"), ElementsAre("tablet"));
    const auto again = publish(card);
    EXPECT_EQ(text_at(again, "/created/c/hash"), card.hash.text());
    EXPECT_EQ(publisher.published, 1);
}

TEST_F(Cards, OneThatMayNotFollowIsRefused) {
    const auto why = [&](const SignedCard& card) {
        const auto response = publish(card);
        EXPECT_THAT(bad_properties(response), ElementsAre("note"));
        return text_at(response, "/notCreated/c/description");
    };
    auto builder = CardBuilder::after(alice.card(), clock.now());
    builder.add_device(device_of("tablet", 7), CardBuilder::Admission::confirmed);
    EXPECT_FALSE(why(*sign_with(builder.card(), {{"laptop", kThief}})).empty());
    auto old = CardBuilder::after(alice.card(), clock.now());
    const auto stale = next(old);
    clock.advance(Seconds(301));
    EXPECT_THAT(why(stale), ::testing::HasSubstr("card: time"));
    EXPECT_THAT(why(bob.card()), ::testing::HasSubstr("card: address"));
    const auto carol = make_person(alice.address, 51);
    EXPECT_THAT(why(carol.card()), ::testing::HasSubstr("card: root"));
    EXPECT_THAT(bad_properties(ok(alice, "Card/set", create_one({{"note", "nonsense"}}))),
                ElementsAre("note"));
    EXPECT_EQ(publisher.published, 0);
}

TEST_F(Cards, AreNeitherUpdatedNorDestroyedNorPublishedInHeaps) {
    EXPECT_EQ(set_error(ok(alice, "Card/set", update_one(alice.address, {{"serial", 2}}))),
              "forbidden");
    EXPECT_EQ(set_error(ok(alice, "Card/set", destroy_one(alice.address))), "singleton");
    EXPECT_EQ(error(alice,
                    "Card/set",
                    {{"create", json::object{{"a", json::object()}, {"b", json::object()}}}}),
              "requestTooLarge");
}

TEST_F(Cards, ARevokedDeviceLosesItsSessionsAtOnce) {
    auto phone = alice;
    ASSERT_EQ(log_in(phone, "phone").status, 200U);
    clock.advance(Seconds(60));
    const auto set = publish(card_without(alice, "phone"));
    ASSERT_FALSE(text_at(set, "/created/c/hash").empty()) << json::serialize(set);
    EXPECT_EQ(get("/jmap/session", phone.token).status, 401U);
    EXPECT_EQ(get("/jmap/session", alice.token).status, 200U);
    EXPECT_EQ(log_in(phone, "phone").status, 403U);
    const auto gone = object(alice, "Device", "phone");
    EXPECT_EQ(at(gone, "/revoked"), json::value(true));
    EXPECT_EQ(text_at(gone, "/reason"), "lost");
}

class Contacts : public People {
  protected:
    json::object set(json::object arguments) {
        return ok(alice, "Contact/set", std::move(arguments));
    }
};

TEST_F(Contacts, AreMadeChangedAndDestroyed) {
    know_bob();
    const auto before = state(alice, "Contact");
    EXPECT_EQ(text_at(set(create_one(contact())), "/created/c/id"), bob_id());
    const auto made = object(alice, "Contact", bob_id());
    EXPECT_EQ(text_at(made, "/address"), bob.address);
    EXPECT_EQ(text_at(made, "/level"), "known");
    EXPECT_EQ(text_at(made, "/source"), "by hand");
    EXPECT_EQ(text_at(made, "/cardHash"), bob.card().hash.text());
    EXPECT_EQ(at(made, "/verified"), json::value(false));
    EXPECT_THAT(texts_at(ok(alice, "Contact/changes", {{"sinceState", before}}), "/created"),
                ElementsAre(bob_id()));
    set(update_one(bob_id(), {{"level", "well-trusted"}, {"name", "Bob"}, {"verified", true}}));
    const auto changed = object(alice, "Contact", bob_id());
    EXPECT_EQ(text_at(changed, "/level"), "well-trusted");
    EXPECT_EQ(text_at(changed, "/name"), "Bob");
    EXPECT_EQ(at(changed, "/verified"), json::value(true));
    set(destroy_one(bob_id()));
    EXPECT_TRUE(object(alice, "Contact", bob_id()).is_null());
    EXPECT_EQ(set_error(set(destroy_one(bob_id()))), "notFound");
}

TEST_F(Contacts, AreSuspendedAndRestoredByOneProperty) {
    know_bob();
    set(create_one(contact("well-trusted")));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/ledger/mail"), "16.0");
    set(update_one(bob_id(), {{"suspended", true}}));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/standing"), "suspended");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/level"), "well-trusted");
    set(update_one(bob_id(), {{"suspended", false}}));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/standing"), "well-trusted");
    EXPECT_THAT(bad_properties(set(update_one(bob_id(), {{"standing", "known"}}))),
                ElementsAre("standing"));
}

TEST_F(Contacts, AreNotFilledByBeingRemovedAndAddedAgain) {
    know_bob();
    set(create_one(contact()));
    write([&](WriteTransaction& store_now) -> Result<void> {
        const AccountId id = store_now.account(alice.address)->id;
        GrantRecord grant = *store_now.grant(id, bob.card().root());
        GrantLedger ledger = ledger_of(grant, clock.now());
        EXPECT_TRUE(ledger.take(GrantBucket::mail, clock.now()));
        set_ledger(grant, ledger);
        store_now.put_grant(id, grant);
        return {};
    });
    set(destroy_one(bob_id()));
    set(create_one(contact("well-trusted")));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/ledger/mail"), "5.0");
}

TEST_F(Contacts, OfAnotherServerBringTheirMetersAlongAtHalfTheCapsAtMost) {
    know_bob();
    auto from_there = contact();
    from_there["ledger"] = json::object{
        {"mail", "2.5"}, {"introductions", "3.0"}, {"vouches", "0.0"}, {"earned", "7.0"}};
    from_there["lastEngagedAt"] = format_time(clock.now() - std::chrono::hours(400 * 24 - 1));
    from_there["suspended"] = true;
    set(create_one(from_there));
    auto made = object(alice, "Contact", bob_id());
    EXPECT_EQ(text_at(made, "/standing"), "suspended");
    EXPECT_EQ(text_at(made, "/ledger/mail"), "3.0") << "whole debits: less than one too many";
    EXPECT_EQ(text_at(made, "/ledger/earned"), "0.0");
    set(update_one(bob_id(), {{"suspended", false}}));
    made = object(alice, "Contact", bob_id());
    EXPECT_EQ(text_at(made, "/ledger/introductions"), "1.5");
    EXPECT_EQ(text_at(made, "/ledger/vouches"), "0.5");
    clock.advance(Seconds(2 * 3'600));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/standing"), "dormant");
}

TEST_F(Contacts, RefuseALedgerThatIsNone) {
    know_bob();
    for (const json::object& wrong : {json::object{{"mail", "much"}},
                                      json::object{{"mail", "1"}},
                                      json::object{{"mail", "1.55"}},
                                      json::object{{"else", "1.0"}}}) {
        auto from_there = contact();
        from_there["ledger"] = wrong;
        EXPECT_THAT(bad_properties(set(create_one(from_there))), ElementsAre("ledger"))
            << json::serialize(wrong);
    }
}

TEST_F(Contacts, AreNotFilledByChoosingToAndFro) {
    know_bob();
    set(create_one(contact()));
    for (const char* level : {"well-trusted", "known", "blocked", "well-trusted"})
        set(update_one(bob_id(), {{"level", level}}));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/ledger/mail"), "6.0");
}

class Reports : public Contacts {
  protected:
    void SetUp() override {
        Contacts::SetUp();
        know_bob();
        set(create_one(contact()));
    }
    std::string mail_of_bob(char digit, const std::string& flags = "") {
        MessageRecord message;
        message.stub_id = std::string(32, digit);
        message.from = bob.address;
        message.from_root = bob.card().root();
        message.sender_card = bob.card().hash;
        message.tier = MessageTier::known;
        message.decision =
            R"({"outcome":"deliver","told":"deliver","tier":"known","folder":"inbox","flags":[)" +
            flags + R"(],"reasons":[{"code":"contact","text":"is your contact","root":")" +
            bob.card().root().text() + R"("}],"text":"Delivered."})";
        const auto read = store->read();
        message.mailbox = read->mailbox_by_role(read->account(alice.address)->id, "inbox")->id;
        return "m" + std::to_string(deliver(alice, message));
    }
    json::object report(const std::string& id, const std::string& outcome) {
        return ok(alice, "Email/set", update_one(id, {{"kith/outcome", outcome}}));
    }
    std::string ledger(const std::string& meter) {
        return text_at(object(alice, "Contact", bob_id()), "/ledger/" + meter);
    }
};

TEST_F(Reports, OfUnwantedMailCostItsSenderTheirWord) {
    const auto id = mail_of_bob('a');
    EXPECT_EQ(at(object(alice, "Email", id), "/kith/outcome"), json::value(nullptr));
    report(id, "unwanted");
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/outcome"), "unwanted");
    EXPECT_EQ(ledger("introductions"), "2.4");
    EXPECT_EQ(ledger("vouches"), "2.5");
    EXPECT_EQ(ledger("mail"), "6.0");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/standing"), "known");
}

TEST_F(Reports, OfSomebodyWhoLooksHackedSuspendThem) {
    report(mail_of_bob('a'), "looks-hacked");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/standing"), "suspended");
    EXPECT_EQ(ledger("introductions"), "0.0");
}

TEST_F(Reports, CountOnceForEver) {
    const auto id = mail_of_bob('a');
    report(id, "unwanted");
    EXPECT_THAT(bad_properties(report(id, "looks-hacked")), ElementsAre("kith/outcome"));
    EXPECT_EQ(ledger("introductions"), "2.4");
    report(id, "unwanted");  // what it is already
    EXPECT_EQ(ledger("introductions"), "2.4");
    EXPECT_THAT(bad_properties(report(mail_of_bob('b'), "engaged")), ElementsAre("kith/outcome"));
}

TEST_F(Reports, WhatIsBatchedSaysSoAndCallsNobody) {
    const auto id = mail_of_bob('a', R"("active-content-off","batched")");
    EXPECT_EQ(at(object(alice, "Email", id), "/kith/batched"), json::value(true));
    EXPECT_EQ(at(object(alice, "Email", id), "/kith/activeContent"), json::value(false));
    const auto other = mail_of_bob('b');
    EXPECT_EQ(at(object(alice, "Email", other), "/kith/batched"), json::value(false));
    EXPECT_EQ(at(object(alice, "Email", other), "/kith/activeContent"), json::value(true));
}

TEST_F(Contacts, NeedACardThatIsHere) {
    EXPECT_THAT(bad_properties(set(create_one(contact()))), ElementsAre("root"));
    know_bob();
    auto wrong = contact();
    wrong["address"] = "carol@two.test";
    EXPECT_THAT(bad_properties(set(create_one(wrong))), ElementsAre("address"));
    wrong = contact("friend");
    EXPECT_THAT(bad_properties(set(create_one(wrong))), ElementsAre("level"));
    wrong = contact();
    wrong["root"] = "nonsense";
    EXPECT_THAT(bad_properties(set(create_one(wrong))), ::testing::Contains("root"));
    wrong = contact();
    wrong["address"] = alice.address;
    wrong["root"] = alice.card().root().text();
    EXPECT_THAT(bad_properties(set(create_one(wrong))), ElementsAre("root"));
    wrong = contact();
    wrong["name"] = "a\nb";
    EXPECT_THAT(bad_properties(set(create_one(wrong))), ElementsAre("name"));
}

TEST_F(Contacts, AreThereOnceAndNotWithoutEnd) {
    know_bob();
    set(create_one(contact()));
    const auto again = set(create_one(contact("blocked")));
    EXPECT_EQ(set_error(again), "alreadyExists");
    EXPECT_EQ(text_at(again, "/notCreated/c/existingId"), bob_id());
    EXPECT_THAT(bad_properties(set(update_one(bob_id(), {{"root", sha256("x").text()}}))),
                ElementsAre("root"));
    set(destroy_one(bob_id()));
    start({.contacts = 0});
    EXPECT_EQ(set_error(set(create_one(contact()))), "overQuota");
}

TEST_F(Contacts, AreFoundByWhatTheyAre) {
    know_bob();
    const auto carol = settled("carol@one.test", 11);
    set(create_one(contact("blocked")));
    set(create_one({{"address", carol.address},
                    {"root", carol.card().root().text()},
                    {"level", "known"},
                    {"name", "Carol"}}));
    const auto carol_id = carol.card().root().hex_text();
    const auto found = [&](json::object filter) {
        return query(alice, "Contact", {{"filter", std::move(filter)}});
    };
    EXPECT_THAT(found({{"level", "blocked"}}), ElementsAre(bob_id()));
    EXPECT_THAT(found({{"text", "CAROL"}}), ElementsAre(carol_id));
    EXPECT_THAT(found({{"root", carol.card().root().text()}}), ElementsAre(carol_id));
    EXPECT_THAT(found({{"verified", true}}), ElementsAre());
    EXPECT_THAT(
        query(
            alice,
            "Contact",
            {{"sort", json::array{json::object{{"property", "address"}, {"isAscending", false}}}}}),
        ElementsAre(carol_id, bob_id()));
}

class Tokens : public People {
  protected:
    json::object set(json::object arguments) {
        return ok(alice, "Token/set", std::move(arguments));
    }
};

TEST_F(Tokens, ACardTokenIsMadeWithItsLink) {
    const auto made = set(create_one({{"kind", "card"}, {"label", "my page"}}));
    const auto id = text_at(made, "/created/c/id");
    const auto token = object(alice, "Token", id);
    EXPECT_EQ(text_at(token, "/label"), "my page");
    EXPECT_EQ(at(token, "/perDay"), json::value(20));
    EXPECT_TRUE(at(token, "/usesLeft").is_null());
    EXPECT_EQ(at(token, "/revoked"), json::value(false));
    const auto text = text_at(token, "/token");
    EXPECT_TRUE(tokens.check(
        text, *Address::parse(alice.address), *Address::parse(bob.address), clock.now()));
    const auto link = parse_token_link(text_at(token, "/link"));
    ASSERT_TRUE(link);
    EXPECT_EQ(link->token, text);
    EXPECT_EQ(link->root, alice.card().root());
}

TEST_F(Tokens, AnInviteIsGoodOnce) {
    const auto made = set(create_one({{"kind", "invite"}}));
    EXPECT_EQ(at(made, "/created/c/usesLeft"), json::value(1));
    EXPECT_TRUE(at(made, "/created/c/perDay").is_null());
}

TEST_F(Tokens, BadOnesAreRefusedByTheirProperties) {
    const auto refused = [&](json::object object) {
        return bad_properties(set(create_one(std::move(object))));
    };
    EXPECT_THAT(refused({}), ElementsAre("kind"));
    EXPECT_THAT(refused({{"kind", "reply"}}), ElementsAre("kind"));
    EXPECT_THAT(refused({{"kind", "card"}, {"perDay", 0}}), ElementsAre("perDay"));
    EXPECT_THAT(refused({{"kind", "card"}, {"label", "a\nb"}}), ElementsAre("label"));
    EXPECT_THAT(refused({{"kind", "card"}, {"expiresAt", "soon"}}), ElementsAre("expiresAt"));
    EXPECT_THAT(refused({{"kind", "card"}, {"expiresAt", format_time(clock.now())}}),
                ElementsAre("expiresAt"));
    EXPECT_THAT(refused({{"kind", "card"}, {"token", "mine"}}), ElementsAre("token"));
    start({.tokens = 0});
    EXPECT_EQ(set_error(set(create_one({{"kind", "card"}}))), "overQuota");
}

TEST_F(Tokens, ANewsletterIsBoundToItsSenderFromTheBeginning) {
    const auto root = bob.card().root().text();
    const auto made = set(create_one({{"kind", "newsletter"},
                                      {"perDay", 50},
                                      {"boundRoot", root},
                                      {"boundAddress", bob.address}}));
    const auto token = object(alice, "Token", text_at(made, "/created/c/id"));
    EXPECT_EQ(text_at(token, "/boundRoot"), root);
    EXPECT_EQ(text_at(token, "/boundAddress"), bob.address);
    const auto refused = [&](json::object object) {
        return bad_properties(set(create_one(std::move(object))));
    };
    EXPECT_THAT(refused({{"kind", "card"}, {"boundRoot", root}, {"boundAddress", bob.address}}),
                ElementsAre("boundRoot"));
    EXPECT_THAT(refused({{"kind", "newsletter"}, {"boundRoot", root}}),
                ElementsAre("boundAddress"));
    EXPECT_THAT(refused({{"kind", "newsletter"}, {"boundAddress", bob.address}}),
                ElementsAre("boundRoot"));
    EXPECT_THAT(refused({{"kind", "newsletter"}, {"boundRoot", root}, {"boundAddress", "nobody"}}),
                ElementsAre("boundAddress"));
}

TEST_F(Tokens, ARateMayBeChangedAndAnInviteHasNone) {
    const auto id =
        text_at(set(create_one({{"kind", "newsletter"}, {"perDay", 5}})), "/created/c/id");
    set(update_one(id, {{"perDay", 50}}));
    EXPECT_EQ(at(object(alice, "Token", id), "/perDay"), json::value(50));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"perDay", 0}}))), ElementsAre("perDay"));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"perDay", nullptr}}))), ElementsAre("perDay"));
    const auto invite = text_at(set(create_one({{"kind", "invite"}})), "/created/c/id");
    EXPECT_THAT(bad_properties(set(update_one(invite, {{"perDay", 5}}))), ElementsAre("perDay"));
}

TEST_F(Tokens, ARevokedOneStaysRevoked) {
    const auto id = text_at(set(create_one({{"kind", "newsletter"}})), "/created/c/id");
    const auto before = state(alice, "Token");
    set(update_one(id, {{"revoked", true}}));
    EXPECT_EQ(at(object(alice, "Token", id), "/revoked"), json::value(true));
    EXPECT_THAT(texts_at(ok(alice, "Token/changes", {{"sinceState", before}}), "/updated"),
                ElementsAre(id));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"revoked", false}}))), ElementsAre("revoked"));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"usedTotal", 7}}))), ElementsAre("usedTotal"));
    set(destroy_one(id));
    EXPECT_TRUE(object(alice, "Token", id).is_null());
    EXPECT_EQ(set_error(set(destroy_one(id))), "notFound");
}

TEST_F(Tokens, AreFoundByKind) {
    const auto invite_id = text_at(set(create_one({{"kind", "invite"}})), "/created/c/id");
    clock.advance(Seconds(1));
    const auto card = text_at(set(create_one({{"kind", "card"}})), "/created/c/id");
    EXPECT_THAT(query(alice, "Token"), ElementsAre(invite_id, card));
    EXPECT_THAT(query(alice, "Token", {{"filter", json::object{{"kind", "card"}}}}),
                ElementsAre(card));
    EXPECT_THAT(query(alice, "Token", {{"filter", json::object{{"revoked", true}}}}),
                ElementsAre());
}

class Requests : public People {
  protected:
    std::string request(char digit, const std::string& effort = "4096") {
        MessageRecord message;
        message.stub_id = std::string(32, digit);
        message.from = bob.address;
        message.from_root = bob.card().root();
        message.sender_card = bob.card().hash;
        message.size = 6;
        message.blob = sha256("sealed");
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.state = MessageState::held;
        message.expires = clock.now() + std::chrono::days(14);
        message.decision = R"({"outcome":"hold","reasons":[{"code":"stamp","effort":")" + effort +
                           R"(","text":"a stamp"}]})";
        message.mailbox = box("requests");
        return "m" + std::to_string(deliver(alice, message));
    }
    MailboxId box(const std::string& role) {
        const auto read = store->read();
        return read->mailbox_by_role(read->account(alice.address)->id, role)->id;
    }
    json::object act(const std::string& id, const std::string& action) {
        return ok(alice, "Request/set", update_one(id, {{"action", action}}));
    }
};

TEST_F(Requests, TellWhatTheirSenderBrought) {
    const auto id = request('a');
    const auto found = object(alice, "Request", id);
    EXPECT_EQ(text_at(found, "/emailId"), id);
    EXPECT_EQ(text_at(found, "/from"), bob.address);
    EXPECT_EQ(text_at(found, "/fromRoot"), bob.card().root().text());
    EXPECT_EQ(at(found, "/effort"), json::value(4096));
    EXPECT_EQ(text_at(found, "/evidence/0/text"), "a stamp");
    EXPECT_EQ(text_at(found, "/state"), "held");
    EXPECT_EQ(text_at(found, "/expires"), format_time(clock.now() + std::chrono::days(14)));
}

TEST_F(Requests, AnAcceptedOneIsFetchedAndItsSenderBecomesKnown) {
    const auto id = request('a');
    const auto before = state(alice, "Request");
    const auto set = act(id, "accept");
    EXPECT_TRUE(at(set, "/updated").as_object().contains(id)) << json::serialize(set);
    EXPECT_EQ(text_at(set, "/newState"), state(alice, "Email"));
    const auto email = object(alice, "Email", id);
    EXPECT_EQ(text_at(email, "/kith/state"), "delivered");
    EXPECT_EQ(text_at(email, "/kith/tier"), "known");
    EXPECT_FALSE(text_at(email, "/blobId").empty());
    EXPECT_EQ(at(email, "/mailboxIds/" + mailbox(alice, "inbox")), json::value(true));
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/level"), "known");
    EXPECT_TRUE(object(alice, "Request", id).is_null());
    EXPECT_THAT(texts_at(ok(alice, "Request/changes", {{"sinceState", before}}), "/destroyed"),
                ElementsAre(id));
    EXPECT_EQ(set_error(act(id, "accept")), "notFound");
}

TEST_F(Requests, AcceptingOneEarnsItsSenderAnAnswer) {
    act(request('a'), "accept");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/ledger/earned"), "1.0");
}

TEST_F(Requests, OneWhoseBodyDoesNotComeStaysAndIsTriedAgain) {
    fetcher.reachable = false;
    const auto id = request('a');
    EXPECT_EQ(set_error(act(id, "accept")), "unavailable");
    EXPECT_EQ(text_at(object(alice, "Request", id), "/state"), "fetching");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/level"), "known");
    fetcher.reachable = true;
    EXPECT_TRUE(at(act(id, "accept"), "/notUpdated").is_null());
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/state"), "delivered");
}

TEST_F(Requests, OneThatIsDeclinedWhileItsBodyComesStaysDeclined) {
    const auto id = request('a');
    fetcher.declined_meanwhile = true;
    act(id, "accept");
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/state"), "declined");
}

TEST_F(Requests, ADeclinedOneGoesToTheTrash) {
    const auto id = request('a');
    act(id, "decline");
    const auto email = object(alice, "Email", id);
    EXPECT_EQ(text_at(email, "/kith/state"), "declined");
    EXPECT_EQ(at(email, "/mailboxIds/" + mailbox(alice, "trash")), json::value(true));
    EXPECT_TRUE(object(alice, "Contact", bob_id()).is_null());
    const auto other = request('b');
    EXPECT_THAT(texts_at(ok(alice, "Request/set", destroy_one(other)), "/destroyed"),
                ElementsAre(other));
    EXPECT_EQ(text_at(object(alice, "Email", other), "/kith/state"), "declined");
}

TEST_F(Requests, BlockingDeclinesAllOfThatSender) {
    const auto first = request('a');
    const auto second = request('b');
    act(first, "block");
    EXPECT_EQ(text_at(object(alice, "Contact", bob_id()), "/level"), "blocked");
    EXPECT_THAT(query(alice, "Request"), ElementsAre());
    EXPECT_EQ(text_at(object(alice, "Email", second), "/kith/state"), "declined");
}

TEST_F(Requests, OneInAMonthOfACreditlessDomainIsShownAndStaysSo) {
    const auto cheap = request('a', "16");
    const auto dear = request('b', "65536");
    EXPECT_THAT(query(alice, "Request", {{"filter", json::object{{"shown", true}}}}),
                ElementsAre());
    const auto first = ok(alice, "Request/show", {});
    EXPECT_EQ(text_at(first, "/list/0/slot"), "effort");
    EXPECT_THAT(query(alice, "Request", {{"filter", json::object{{"shown", true}}}}),
                ElementsAre(text_at(first, "/list/0/id")));
    EXPECT_EQ(at(ok(alice, "Request/show", {}), "/list"), json::value(json::array()));
    clock.advance(std::chrono::hours(11));
    EXPECT_EQ(at(ok(alice, "Request/show", {}), "/list"), json::value(json::array()));
    EXPECT_THAT(query(alice, "Request"), UnorderedElementsAre(cheap, dear));
}

TEST_F(Requests, OfSomebodyWhoBecomesABlockedContactAreDeclined) {
    const auto id = request('a');
    know_bob();
    ok(alice, "Contact/set", create_one(contact("blocked")));
    EXPECT_THAT(query(alice, "Request"), ElementsAre());
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/state"), "declined");
}

TEST_F(Requests, OfABlockedDomainAreDeclined) {
    const auto id = request('a');
    const auto set = [&](json::object arguments) {
        return ok(alice, "BlockedDomain/set", std::move(arguments));
    };
    EXPECT_THAT(bad_properties(set(create_one({{"domain", "one.test"}}))), ElementsAre("domain"));
    EXPECT_THAT(bad_properties(set(create_one({{"domain", "a b"}}))), ElementsAre("domain"));
    EXPECT_EQ(text_at(set(create_one({{"domain", "TWO.test"}})), "/created/c/id"), "two_test");
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/state"), "declined");
    const auto all = ok(alice, "BlockedDomain/get", {{"ids", nullptr}});
    EXPECT_EQ(text_at(all, "/list/0/domain"), "two.test");
    set(destroy_one("two_test"));
    EXPECT_EQ(set_error(set(destroy_one("two_test"))), "notFound");
}

TEST_F(Requests, NothingElseIsDoneWithThem) {
    const auto id = request('a');
    EXPECT_THAT(bad_properties(act(id, "forget")), ElementsAre("action"));
    EXPECT_THAT(bad_properties(ok(alice, "Request/set", update_one(id, {{"from", "x"}}))),
                ::testing::Contains("from"));
    EXPECT_EQ(set_error(ok(alice, "Request/set", create_one({}))), "forbidden");
    EXPECT_EQ(set_error(act("m999", "accept")), "notFound");
}

TEST_F(Requests, AreListedByEffortAndSender) {
    const auto cheap = request('a', "16");
    clock.advance(Seconds(1));
    const auto dear = request('b', "65536");
    clock.advance(Seconds(1));
    const auto middle = request('c', "4096");
    EXPECT_THAT(query(alice, "Request"), ElementsAre(middle, dear, cheap));
    EXPECT_THAT(
        query(
            alice,
            "Request",
            {{"sort", json::array{json::object{{"property", "effort"}, {"isAscending", false}}}}}),
        ElementsAre(dear, middle, cheap));
    EXPECT_THAT(query(alice, "Request", {{"filter", json::object{{"from", "nobody"}}}}),
                ElementsAre());
    EXPECT_THAT(
        query(alice,
              "Request",
              {{"filter", json::object{{"fromRoot", bob.card().root().text()}}}, {"limit", 1}}),
        ElementsAre(middle));
}

}  // namespace
}  // namespace kith
