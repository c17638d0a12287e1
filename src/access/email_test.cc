#include "access/client_fixture.h"
#include "crypto/age_header.h"

namespace kith {
namespace {

using ::testing::ElementsAre;

std::string stub_id(char digit) {
    return std::string(32, digit);
}

class Emails : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    json::object set(json::object arguments) {
        return ok(alice, "Email/set", std::move(arguments));
    }
    std::string make(char digit, const std::string& octets = "letter") {
        return make_email(alice, draft(alice, upload(alice, octets), stub_id(digit)));
    }
    /// One from bob, as delivery puts it there.
    MessageRecord from_bob(char digit) {
        MessageRecord message;
        message.stub_id = stub_id(digit);
        message.stub = "a note";
        message.from = "bob@two.test";
        message.from_root = sha256("bob");
        message.size = 6;
        message.blob = sha256("sealed");
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.tier = MessageTier::known;
        message.decision = R"({"outcome":"deliver","reasons":[{"code":"grant"}]})";
        message.reply_token = "r1";
        return message;
    }
    std::string received(const MessageRecord& message) {
        return "m" + std::to_string(deliver(alice, message));
    }

    Person alice;
};

TEST_F(Emails, ADraftIsKeptWithItsKeysAndRecipients) {
    const auto blob = upload(alice, "letter");
    const auto set_response = set(create_one(draft(alice, blob, stub_id('a'))));
    const auto id = text_at(set_response, "/created/c/id");
    EXPECT_EQ(at(set_response, "/created/c/size"), json::value(6));
    EXPECT_EQ(text_at(set_response, "/created/c/kith/stubId"), stub_id('a'));
    const auto email = object(alice, "Email", id);
    EXPECT_EQ(text_at(email, "/blobId"), blob);
    EXPECT_EQ(at(email, "/mailboxIds/" + mailbox(alice, "drafts")), json::value(true));
    EXPECT_EQ(at(email, "/keywords/$draft"), json::value(true));
    EXPECT_EQ(text_at(email, "/from/0/email"), "alice@one.test");
    EXPECT_EQ(text_at(email, "/to/1/email"), "carol@three.test");
    EXPECT_EQ(text_at(email, "/receivedAt"), format_time(clock.now()));
    EXPECT_EQ(text_at(email, "/kith/state"), "draft");
    EXPECT_EQ(text_at(email, "/kith/tier"), "own");
    EXPECT_EQ(text_at(email, "/kith/keys"), base64(as_bytes(test_keys())));
    EXPECT_EQ(text_at(email, "/kith/preview"), base64(as_bytes("sealed preview")));
    EXPECT_EQ(text_at(email, "/kith/fromRoot"), alice.card().root().text());
    EXPECT_TRUE(at(email, "/kith/answers").is_null());
}

TEST_F(Emails, WhatIsWrongWithACreateIsNamed) {
    const auto good = draft(alice, upload(alice, "letter"), stub_id('a'));
    const auto refused = [&](auto change) {
        auto email = good;
        change(email);
        return bad_properties(set(create_one(email)));
    };
    const auto kith = [](json::object& email) -> json::object& {
        return email.at("kith").as_object();
    };
    EXPECT_THAT(refused([](auto& email) { email["mailboxIds"] = json::object(); }),
                ElementsAre("mailboxIds"));
    EXPECT_THAT(refused([](auto& email) { email["mailboxIds"] = json::object{{"f999", true}}; }),
                ElementsAre("mailboxIds"));
    EXPECT_THAT(refused([](auto& email) { email["keywords"] = json::object{{"a b", true}}; }),
                ElementsAre("keywords"));
    EXPECT_THAT(refused([](auto& email) { email["keywords"] = json::object{{"a", false}}; }),
                ElementsAre("keywords"));
    EXPECT_THAT(refused([](auto& email) { email.erase("kith"); }), ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["keys"] = "bm8="; }), ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["keys"] = "not base64"; }),
                ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["stubId"] = "x"; }), ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["answers"] = "x"; }), ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["to"] = json::array{7}; }),
                ElementsAre("kith"));
    EXPECT_THAT(refused([&](auto& email) { kith(email)["wrong"] = 1; }), ElementsAre("kith"));
    EXPECT_THAT(refused([](auto& email) { email["size"] = 1; }), ElementsAre("size"));
    auto without_blob = good;
    without_blob["blobId"] = "sha256-" + sha256("never sent").hex_text();
    EXPECT_EQ(set_error(set(create_one(without_blob))), "blobNotFound");
}

TEST_F(Emails, KeysForMoreThanSixteenDevicesAreRefused) {
    SeededRandom seeded(Bytes(32, 's'));
    const std::vector<AgeRecipient> many(17, recipient_of(1));
    auto email = draft(alice, upload(alice, "letter"), stub_id('a'));
    email["kith"].as_object()["keys"] =
        base64(as_bytes(seal_header(new_file_key(seeded), many, seeded)));
    EXPECT_THAT(bad_properties(set(create_one(email))), ElementsAre("kith"));
}

TEST_F(Emails, OneOfTheSameStubIsThereAlready) {
    const auto email = draft(alice, upload(alice, "letter"), stub_id('a'));
    const auto id = make_email(alice, email);
    const auto again = set(create_one(email));
    EXPECT_EQ(set_error(again), "alreadyExists");
    EXPECT_EQ(text_at(again, "/notCreated/c/existingId"), id);
}

TEST_F(Emails, TheQuotaHoldsForThem) {
    const auto email = draft(alice, upload(alice, "letter"), stub_id('a'));
    start({.quota_octets = 5});
    EXPECT_EQ(set_error(set(create_one(email))), "overQuota");
}

TEST_F(Emails, AreMarkedMovedAndRekeyed) {
    const auto id = make('a');
    const auto before = state(alice, "Email");
    const auto trash = mailbox(alice, "trash");
    SeededRandom seeded(Bytes(32, 's'));
    const std::array both{recipient_of(1), recipient_of(2)};
    const auto keys = base64(as_bytes(seal_header(new_file_key(seeded), both, seeded)));
    const auto done = set(update_one(id,
                                     {{"keywords/$flagged", true},
                                      {"keywords/$draft", nullptr},
                                      {"mailboxIds", json::object{{trash, true}}},
                                      {"kith/keys", keys}}));
    ASSERT_TRUE(at(done, "/updated").as_object().contains(id)) << json::serialize(done);
    const auto email = object(alice, "Email", id);
    EXPECT_EQ(at(email, "/keywords"),
              json::value(json::object{{"$flagged", true}, {"$seen", true}}));
    EXPECT_EQ(at(email, "/mailboxIds"), json::value(json::object{{trash, true}}));
    EXPECT_EQ(text_at(email, "/kith/keys"), keys);
    EXPECT_EQ(text_at(email, "/kith/state"), "sent");
    const auto changes = ok(alice, "Email/changes", {{"sinceState", before}});
    EXPECT_THAT(texts_at(changes, "/updated"), ElementsAre(id));
}

TEST_F(Emails, NothingElseOfThemChanges) {
    const auto id = make('a');
    EXPECT_THAT(bad_properties(set(update_one(id, {{"size", 1}}))), ElementsAre("size"));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"kith/stubId", stub_id('b')}}))),
                ElementsAre("kith"));
    EXPECT_THAT(bad_properties(set(update_one(id, {{"kith/keys", "bm8="}}))),
                ElementsAre("kith/keys"));
    EXPECT_EQ(set_error(set(update_one(id, {{"mailboxIds/" + mailbox(alice, "inbox"), true}}))),
              "tooManyMailboxes");
    EXPECT_EQ(set_error(set(update_one(id, {{"keywords/a/b/c", true}}))), "invalidPatch");
    EXPECT_EQ(set_error(set(update_one("m999", {{"keywords", nullptr}}))), "notFound");
}

TEST_F(Emails, AreDestroyed) {
    const auto id = make('a');
    const auto before = state(alice, "Email");
    EXPECT_THAT(texts_at(set(destroy_one(id)), "/destroyed"), ElementsAre(id));
    EXPECT_THAT(texts_at(ok(alice, "Email/changes", {{"sinceState", before}}), "/destroyed"),
                ElementsAre(id));
    EXPECT_EQ(set_error(set(destroy_one(id))), "notFound");
}

TEST_F(Emails, AReceivedOneTellsWhyItIsWhereItIs) {
    const auto email = object(alice, "Email", received(from_bob('b')));
    EXPECT_TRUE(at(email, "/blobId").is_null());
    EXPECT_EQ(text_at(email, "/from/0/email"), "bob@two.test");
    EXPECT_EQ(text_at(email, "/to/0/email"), "alice@one.test");
    EXPECT_EQ(text_at(email, "/kith/tier"), "known");
    EXPECT_EQ(text_at(email, "/kith/stub"), "a note");
    EXPECT_EQ(text_at(email, "/kith/decision/reasons/0/code"), "grant");
    EXPECT_EQ(at(email, "/kith/mayReply"), json::value(true));
    EXPECT_EQ(text_at(email, "/kith/fromRoot"), sha256("bob").text());
}

TEST_F(Emails, AReceivedOneIsNotADraftWhateverItsKeywords) {
    const auto id = received(from_bob('b'));
    set(update_one(id, {{"keywords/$draft", true}}));
    EXPECT_EQ(text_at(object(alice, "Email", id), "/kith/state"), "delivered");
}

TEST_F(Emails, AHeldOneIsNotMovedBeforeItIsAccepted) {
    auto held = from_bob('b');
    held.state = MessageState::held;
    const auto id = received(held);
    EXPECT_EQ(set_error(set(update_one(
                  id, {{"mailboxIds", json::object{{mailbox(alice, "archive"), true}}}}))),
              "forbidden");
    EXPECT_TRUE(at(set(update_one(id, {{"keywords/$seen", true}})), "/notUpdated").is_null());
}

TEST_F(Emails, AreFoundByEveryCondition) {
    const auto own = make('a');
    clock.advance(Seconds(10));
    const auto known = received(from_bob('b'));
    clock.advance(Seconds(10));
    auto held = from_bob('c');
    held.state = MessageState::held;
    held.tier = MessageTier::unknown;
    held.from = "carol@three.test";
    held.from_root = sha256("carol");
    const auto request = received(held);
    const auto found = [&](json::object filter) {
        return query(alice, "Email", {{"filter", std::move(filter)}});
    };
    EXPECT_THAT(query(alice, "Email"), ElementsAre(request, known, own));
    EXPECT_THAT(found({{"inMailbox", mailbox(alice, "drafts")}}), ElementsAre(own));
    EXPECT_THAT(found({{"inMailbox", "nonsense"}}), ElementsAre());
    EXPECT_THAT(found({{"after", format_time(clock.now())}}), ElementsAre(request));
    EXPECT_THAT(found({{"before", format_time(clock.now() - Seconds(10))}}), ElementsAre(own));
    EXPECT_THAT(found({{"hasKeyword", "$DRAFT"}}), ElementsAre(own));
    EXPECT_THAT(found({{"notKeyword", "$draft"}}), ElementsAre(request, known));
    EXPECT_THAT(found({{"from", "CAROL"}}), ElementsAre(request));
    EXPECT_THAT(found({{"tier", "known"}}), ElementsAre(known));
    EXPECT_THAT(found({{"state", "held"}}), ElementsAre(request));
    EXPECT_THAT(found({{"stubId", stub_id('b')}}), ElementsAre(known));
    EXPECT_THAT(
        found({{"operator", "AND"},
               {"conditions",
                json::array{json::object{{"from", "two.test"}}, json::object{{"tier", "known"}}}}}),
        ElementsAre(known));
    EXPECT_THAT(
        found({{"operator", "AND"},
               {"conditions",
                json::array{json::object{{"tier", "nonsense"}}, json::object{{"tier", "known"}}}}}),
        ElementsAre());
    EXPECT_EQ(error(alice, "Email/query", {{"filter", json::object{{"after", "yesterday"}}}}),
              "invalidArguments");
}

TEST_F(Emails, AreFoundByTreesOfConditions) {
    const auto own = make('a');
    clock.advance(Seconds(1));
    const auto known = received(from_bob('b'));
    clock.advance(Seconds(1));
    auto stranger = from_bob('c');
    stranger.tier = MessageTier::unknown;
    const auto unknown = received(stranger);
    const auto tree = [](const char* name, json::array parts) -> json::object {
        return {{"operator", name}, {"conditions", std::move(parts)}};
    };
    const auto tier = [](const char* name) { return json::object{{"tier", name}}; };
    const auto found = [&](json::object filter) {
        return query(alice, "Email", {{"filter", std::move(filter)}});
    };
    EXPECT_THAT(found(tree("OR", {tier("own"), tier("unknown")})), ElementsAre(unknown, own));
    EXPECT_THAT(found(tree("NOT", {tier("own"), tier("unknown")})), ElementsAre(known));
    EXPECT_THAT(found(tree("AND", {tier("own"), tier("unknown")})), ElementsAre());
    EXPECT_THAT(found(tree("AND",
                           {tree("OR", {tier("own"), tier("known")}),
                            tree("NOT", {json::object{{"hasKeyword", "$draft"}}})})),
                ElementsAre(known));
    EXPECT_THAT(found(tree("AND", {})), ElementsAre(unknown, known, own));
    EXPECT_THAT(found(tree("OR", {})), ElementsAre());
    const json::object either = tree("OR", {tier("own"), tier("known"), tier("unknown")});
    EXPECT_THAT(query(alice,
                      "Email",
                      {{"filter", either},
                       {"sort", json::array{json::object{{"property", "receivedAt"}}}},
                       {"anchor", known},
                       {"anchorOffset", -1},
                       {"limit", 2}}),
                ElementsAre(own, known));
    json::object deep = tier("own");
    for (int i = 0; i < 8; ++i)
        deep = tree("NOT", {deep});
    EXPECT_EQ(error(alice, "Email/query", {{"filter", deep}}), "unsupportedFilter");
    json::array many;
    for (int i = 0; i < 21; ++i)
        many.push_back(tier("own"));
    EXPECT_EQ(error(alice, "Email/query", {{"filter", tree("OR", many)}}), "unsupportedFilter");
}

TEST_F(Emails, ThreadsAreCollapsedToTheirFirstInTheOrderAskedFor) {
    const auto first = received(from_bob('b'));
    clock.advance(Seconds(1));
    auto answer = draft(alice, upload(alice, "answer"), stub_id('a'));
    answer["kith"].as_object()["answers"] = stub_id('b');
    const auto second = make_email(alice, answer);
    clock.advance(Seconds(1));
    const auto other = received(from_bob('c'));
    EXPECT_THAT(query(alice, "Email", {{"collapseThreads", true}}), ElementsAre(other, second));
    EXPECT_THAT(query(alice,
                      "Email",
                      {{"collapseThreads", true},
                       {"sort", json::array{json::object{{"property", "receivedAt"}}}}}),
                ElementsAre(first, other));
}

TEST_F(Emails, KeywordsHaveNoCase) {
    const auto id = make('a');
    set(update_one(id, {{"keywords/$FLAGGED", true}, {"keywords/$Seen", nullptr}}));
    EXPECT_EQ(at(object(alice, "Email", id), "/keywords"),
              json::value(json::object{{"$draft", true}, {"$flagged", true}}));
    json::object many;
    for (int i = 0; i < 65; ++i)
        many["k" + std::to_string(i)] = true;
    EXPECT_EQ(set_error(set(update_one(id, {{"keywords", many}}))), "tooManyKeywords");
}

TEST_F(Emails, NothingOfOnesOwnComesIntoRequests) {
    const auto requests = mailbox(alice, "requests");
    EXPECT_EQ(at(object(alice, "Mailbox", requests), "/myRights/mayAddItems"), json::value(false));
    EXPECT_THAT(bad_properties(set(
                    create_one(draft(alice, upload(alice, "letter"), stub_id('a'), "requests")))),
                ElementsAre("mailboxIds"));
    EXPECT_EQ(set_error(set(update_one(received(from_bob('b')),
                                       {{"mailboxIds", json::object{{requests, true}}}}))),
              "forbidden");
}

TEST_F(Emails, TheBodyOfAHeldOneIsNotGivenThoughTheServerHasIt) {
    const auto bob = settled("bob@one.test", 11);
    const auto blob = upload(bob, "sealed");
    auto held = from_bob('b');
    held.state = MessageState::held;
    received(held);
    EXPECT_EQ(get("/jmap/download/" + alice.account_id + "/" + blob + "/x", alice.token).status,
              404U);
    const auto mine = set(create_one(draft(alice, blob, stub_id('a'))));
    EXPECT_EQ(set_error(mine), "blobNotFound");
    EXPECT_THAT(texts_at(mine, "/notCreated/c/notFound"), ElementsAre(blob));
}

TEST_F(Emails, AreListedFromEitherEndPageByPage) {
    std::vector<std::string> ids;
    for (const char digit : {'a', 'b', 'c', 'd'}) {
        ids.push_back(received(from_bob(digit)));
        clock.advance(Seconds(1));
    }
    const json::array oldest_first{json::object{{"property", "receivedAt"}}};
    EXPECT_THAT(query(alice, "Email", {{"sort", oldest_first}, {"limit", 2}}),
                ElementsAre(ids[0], ids[1]));
    EXPECT_THAT(query(alice, "Email", {{"position", -1}}), ElementsAre(ids[0]));
    EXPECT_THAT(query(alice, "Email", {{"anchor", ids[2]}, {"anchorOffset", 1}, {"limit", 1}}),
                ElementsAre(ids[1]));
    EXPECT_EQ(error(alice, "Email/query", {{"anchor", "m999"}}), "anchorNotFound");
    const auto total = ok(alice, "Email/query", {{"limit", 1}, {"calculateTotal", true}});
    EXPECT_EQ(at(total, "/total"), json::value(4));
    EXPECT_EQ(at(total, "/canCalculateChanges"), json::value(true));
}

TEST_F(Emails, AnAnswerIsInTheThreadOfWhatItAnswers) {
    const auto before = state(alice, "Thread");
    const auto first = received(from_bob('b'));
    auto answer = draft(alice, upload(alice, "answer"), stub_id('a'));
    answer["kith"].as_object()["answers"] = stub_id('b');
    const auto second = make_email(alice, answer);
    const auto thread = text_at(object(alice, "Email", second), "/threadId");
    EXPECT_EQ(text_at(object(alice, "Email", first), "/threadId"), thread);
    EXPECT_THAT(texts_at(object(alice, "Thread", thread), "/emailIds"), ElementsAre(first, second));
    EXPECT_THAT(texts_at(ok(alice, "Thread/changes", {{"sinceState", before}}), "/created"),
                ElementsAre(thread));
    EXPECT_THAT(
        texts_at(ok(alice, "Thread/get", {{"ids", json::array{thread, "t999"}}}), "/notFound"),
        ElementsAre("t999"));
}

TEST_F(Emails, ThereIsOneIdentity) {
    const auto all = ok(alice, "Identity/get", {{"ids", nullptr}});
    EXPECT_EQ(at(all, "/list").as_array().size(), 1U);
    EXPECT_EQ(text_at(all, "/list/0/email"), "alice@one.test");
    EXPECT_THAT(texts_at(ok(alice, "Identity/get", {{"ids", json::array{"i999"}}}), "/notFound"),
                ElementsAre("i999"));
}

TEST_F(Emails, OthersDoNotSeeThem) {
    const auto id = make('a');
    const auto bob = settled("bob@one.test", 11);
    EXPECT_TRUE(object(bob, "Email", id).is_null());
    EXPECT_EQ(set_error(ok(bob, "Email/set", destroy_one(id))), "notFound");
    EXPECT_THAT(query(bob, "Email"), ElementsAre());
}

}  // namespace
}  // namespace kith
