// What /queryChanges tells (RFC 8620 section 5.6): a client that takes out what was removed, and
// puts in what was added, has what a new query would give.
#include <random>

#include "access/client_fixture.h"
#include "access/properties.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A query whose results a client keeps.
struct Kept {
    std::string type;
    json::object query;  ///< filter and sort
    std::string state = {};
    std::vector<std::string> ids = {};
};

class QueryChanges : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    std::string received(char digit) {
        MessageRecord message;
        message.stub_id = std::string(32, digit);
        message.from = "bob@two.test";
        message.from_root = sha256("bob");
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.tier = MessageTier::known;
        return "m" + std::to_string(deliver(alice, message));
    }
    json::object set(const std::string& type, const json::object& arguments) {
        return ok(alice, type + "/set", arguments);
    }
    void ask(Kept& kept) {
        const auto found = ok(alice, kept.type + "/query", kept.query);
        EXPECT_EQ(at(found, "/canCalculateChanges"), json::value(true));
        kept.state = text_at(found, "/queryState");
        kept.ids = texts_at(found, "/ids");
    }
    json::object changes(const Kept& kept, const json::object& more = {}) {
        json::object arguments = kept.query;
        arguments["sinceQueryState"] = kept.state;
        for (const auto& member : more)
            arguments[member.key()] = member.value();
        return ok(alice, kept.type + "/queryChanges", arguments);
    }
    std::string refusal(const std::string& type, json::object arguments, const std::string& since) {
        arguments["sinceQueryState"] = since;
        return error(alice, type + "/queryChanges", arguments);
    }
    /// As 5.6 says that a client does it.
    static void apply(Kept& kept, const json::object& changes) {
        EXPECT_EQ(text_at(changes, "/oldQueryState"), kept.state);
        for (const std::string& id : texts_at(changes, "/removed"))
            std::erase(kept.ids, id);
        std::uint64_t least = 0;
        for (const auto& item : at(changes, "/added").as_array()) {
            const auto index = item.at("index").to_number<std::uint64_t>();
            ASSERT_LE(least, index) << "lowest first";
            ASSERT_LE(index, kept.ids.size());
            kept.ids.insert(kept.ids.begin() + static_cast<std::ptrdiff_t>(index),
                            text_of(item.at("id").as_string()));
            least = index + 1;
        }
        kept.state = text_at(changes, "/newQueryState");
    }
    void follow(Kept& kept) {
        apply(kept, changes(kept));
        const auto anew = ok(alice, kept.type + "/query", kept.query);
        EXPECT_EQ(kept.ids, texts_at(anew, "/ids")) << json::serialize(kept.query);
        EXPECT_EQ(kept.state, text_at(anew, "/queryState"));
    }
    json::array oldest_first() { return {json::object{{"property", "receivedAt"}}}; }

    Person alice;
};

TEST_F(QueryChanges, OfEmailsComeToWhatANewQueryGives) {
    const auto inbox = mailbox(alice, "inbox");
    const auto archive = mailbox(alice, "archive");
    std::vector<Kept> all = {
        {"Email", {}},
        {"Email", {{"sort", oldest_first()}}},
        {"Email", {{"filter", json::object{{"inMailbox", inbox}}}}},
        {"Email", {{"filter", json::object{{"inMailbox", archive}}}, {"sort", oldest_first()}}},
        {"Email", {{"filter", json::object{{"inMailbox", inbox}, {"notKeyword", "$seen"}}}}},
        {"Email", {{"filter", json::object{{"hasKeyword", "$flagged"}}}}},
        {"Email", {{"filter", json::object{{"from", "bob"}, {"tier", "known"}}}}},
        {"Email", {{"filter", json::object{{"after", format_time(clock.now() + Seconds(20))}}}}},
        {"Email", {{"filter", json::object{{"inMailbox", "f999"}}}}}};
    for (Kept& kept : all)
        ask(kept);
    std::mt19937 lot(7);
    std::vector<std::string> here;
    const auto any = [&] { return here[lot() % here.size()]; };
    for (int round = 0; round < 60; ++round) {
        for (unsigned count = 1 + lot() % 4; count > 0; --count) {
            const auto what = here.empty() ? 0 : lot() % 6;
            if (what < 2)
                here.push_back(received('a'));
            else if (what == 2)
                set("Email",
                    update_one(any(),
                               {{"keywords/$seen",
                                 lot() % 2 == 0 ? json::value(true) : json::value(nullptr)}}));
            else if (what == 3)
                set("Email", update_one(any(), {{"keywords/$flagged", true}}));
            else if (what == 4)
                set("Email",
                    update_one(
                        any(),
                        {{"mailboxIds", json::object{{lot() % 2 == 0 ? inbox : archive, true}}}}));
            else {
                const auto gone = any();
                set("Email", destroy_one(gone));
                std::erase(here, gone);
            }
            // Several of one second, too.
            clock.advance(Seconds(lot() % 2));
        }
        for (Kept& kept : all)
            if (lot() % 3 != 0)
                follow(kept);
    }
    for (Kept& kept : all)
        follow(kept);
}

TEST_F(QueryChanges, OfMailboxesComeToWhatANewQueryGives) {
    std::vector<Kept> all = {
        {"Mailbox", {{"sort", json::array{json::object{{"property", "name"}}}}}},
        {"Mailbox", {{"filter", json::object{{"hasAnyRole", false}}}}},
        {"Mailbox", {{"filter", json::object{{"isSubscribed", true}}}}}};
    for (Kept& kept : all)
        ask(kept);
    const auto follow_all = [&] {
        for (Kept& kept : all)
            follow(kept);
    };
    const auto made = text_at(set("Mailbox", create_one({{"name", "Work"}})), "/created/c/id");
    const auto other = text_at(set("Mailbox", create_one({{"name", "Bees"}})), "/created/c/id");
    follow_all();
    set("Mailbox", update_one(made, {{"name", "Ants"}}));
    set("Mailbox", update_one(other, {{"sortOrder", 1}, {"isSubscribed", false}}));
    received('a');
    follow_all();
    set("Mailbox", destroy_one(made));
    follow_all();
    EXPECT_EQ(refusal("Mailbox", {{"sortAsTree", true}}, all[0].state), "cannotCalculateChanges");
    const auto tree = ok(alice, "Mailbox/query", {{"filterAsTree", true}});
    EXPECT_EQ(at(tree, "/canCalculateChanges"), json::value(false));
}

TEST_F(QueryChanges, WhatIsReadStaysWhereNoFilterLooksAtIt) {
    const auto first = received('a');
    Kept kept{"Email", {}};
    ask(kept);
    set("Email", update_one(first, {{"keywords/$seen", true}}));
    const auto found = changes(kept, {{"calculateTotal", true}});
    EXPECT_THAT(texts_at(found, "/removed"), IsEmpty());
    EXPECT_THAT(at(found, "/added").as_array(), IsEmpty());
    EXPECT_EQ(at(found, "/total"), json::value(1));
    Kept unread{"Email", {{"filter", json::object{{"notKeyword", "$seen"}}}}};
    ask(unread);
    set("Email", update_one(first, {{"keywords/$seen", nullptr}}));
    const auto back = changes(unread);
    EXPECT_THAT(texts_at(back, "/removed"), ElementsAre(first)) << "it must be put in anew";
    EXPECT_EQ(at(back, "/added"),
              json::value(json::array{json::object{{"id", first}, {"index", 0}}}));
}

TEST_F(QueryChanges, AreNoMoreThanWasAskedFor) {
    Kept kept{"Email", {}};
    ask(kept);
    received('a');
    received('b');
    EXPECT_EQ(at(changes(kept, {{"maxChanges", 2}}), "/added").as_array().size(), 2U);
    EXPECT_EQ(refusal("Email", {{"maxChanges", 1}}, kept.state), "tooManyChanges");
}

TEST_F(QueryChanges, EndAtTheLastThatAClientHasWhereResultsOnlyComeAndGo) {
    const auto first = received('a');
    clock.advance(Seconds(1));
    Kept kept{"Email", {{"sort", oldest_first()}}};
    ask(kept);
    received('b');
    EXPECT_THAT(at(changes(kept, {{"upToId", first}}), "/added").as_array(), IsEmpty());
    EXPECT_EQ(at(changes(kept, {{"upToId", "m999"}}), "/added").as_array().size(), 1U);
    const auto inbox = mailbox(alice, "inbox");
    Kept in_inbox{"Email",
                  {{"sort", oldest_first()}, {"filter", json::object{{"inMailbox", inbox}}}}};
    ask(in_inbox);
    received('c');
    EXPECT_EQ(at(changes(in_inbox, {{"upToId", first}}), "/added").as_array().size(), 1U);
}

TEST_F(QueryChanges, CannotBeCalculatedOfWhatTheStoreDoesNotAnswerByItself) {
    received('a');
    Kept kept{"Email", {}};
    ask(kept);
    const json::object either{
        {"operator", "OR"},
        {"conditions",
         json::array{json::object{{"tier", "known"}}, json::object{{"tier", "own"}}}}};
    for (const json::object& query :
         {json::object{{"collapseThreads", true}}, json::object{{"filter", either}}}) {
        EXPECT_EQ(at(ok(alice, "Email/query", query), "/canCalculateChanges"), json::value(false));
        EXPECT_EQ(refusal("Email", query, kept.state), "cannotCalculateChanges");
    }
    EXPECT_EQ(refusal("Email", {}, "nonsense"), "cannotCalculateChanges");
    EXPECT_EQ(refusal("Email", {}, "99999"), "cannotCalculateChanges");
    EXPECT_EQ(refusal("Email", {{"position", 1}}, kept.state), "invalidArguments");
    EXPECT_EQ(refusal("Email", {{"filter", json::object{{"after", "soon"}}}}, kept.state),
              "invalidArguments");
}

}  // namespace
}  // namespace kith
