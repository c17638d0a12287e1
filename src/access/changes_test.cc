// What /changes tells: page by page, after a restart, while others write, and when it was
// forgotten.
#include <future>
#include <set>

#include "access/client_fixture.h"
#include "access/object_ids.h"
#include "access/properties.h"

namespace kith {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ChangesSince : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    MessageRecord letter(char digit) const {
        MessageRecord message;
        message.stub_id = std::string(32, digit);
        message.from = "bob@two.test";
        message.from_root = sha256("bob");
        message.blob_at = MessageRecord::Blob::elsewhere;
        return message;
    }
    std::string received(char digit) { return "m" + std::to_string(deliver(alice, letter(digit))); }
    /// All of them in one write.
    void receive_at_once(const std::string& digits) {
        const AccountId account = *parse_object_id(IdKind::account, alice.account_id);
        write([&](WriteTransaction& store_now) -> Result<void> {
            for (const char digit : digits) {
                auto message = letter(digit);
                message.mailbox = store_now.mailbox_by_role(account, "inbox")->id;
                message.to = alice.address;
                TRY(store_now.add_message(account, message));
            }
            return {};
        });
    }
    json::object changes(const std::string& type, const std::string& since, std::int64_t most = 0) {
        json::object arguments{{"sinceState", since}};
        if (most > 0)
            arguments["maxChanges"] = most;
        return ok(alice, type + "/changes", arguments);
    }
    void open_again(std::int64_t removed_kept = 100) {
        stop();
        store.reset();
        StoreOptions options;
        options.folder = folder.path() / "store";
        options.min_free_octets = 1;
        options.removed_kept = removed_kept;
        auto opened = open_store(options);
        ASSERT_TRUE(opened) << opened.error().text();
        store = *std::move(opened);
        start({});
    }

    Person alice;
};

TEST_F(ChangesSince, APageHasNoMoreThanWasAskedForThoughOneWriteMadeMore) {
    auto since = state(alice, "Email");
    receive_at_once("abcdefg");
    std::vector<std::string> told;
    bool more = true;
    for (int page = 0; more; ++page) {
        ASSERT_LT(page, 4);
        const auto found = changes("Email", since, 2);
        const auto ids = texts_at(found, "/created");
        EXPECT_LE(ids.size(), 2U);
        told.insert(told.end(), ids.begin(), ids.end());
        EXPECT_EQ(text_at(found, "/oldState"), since);
        since = text_at(found, "/newState");
        more = at(found, "/hasMoreChanges") == json::value(true);
    }
    EXPECT_THAT(std::set(told.begin(), told.end()), SizeIs(7));
    EXPECT_THAT(told, SizeIs(7));
    EXPECT_EQ(since, state(alice, "Email"));
}

TEST_F(ChangesSince, OneThatChangesBetweenTwoPagesIsStillToldAsCreated) {
    const auto since = state(alice, "Email");
    const auto first = received('a');
    const auto second = received('b');
    const auto page = changes("Email", since, 1);
    EXPECT_THAT(texts_at(page, "/created"), ElementsAre(first));
    ok(alice, "Email/set", update_one(second, {{"keywords/$seen", true}}));
    received('c');
    const auto rest = changes("Email", text_at(page, "/newState"));
    EXPECT_THAT(texts_at(rest, "/created"), Contains(second));
    EXPECT_THAT(texts_at(rest, "/updated"), IsEmpty());
}

TEST_F(ChangesSince, OneThatWasToldAndGoesBetweenTwoPagesIsToldToBeGone) {
    const auto since = state(alice, "Email");
    const auto first = received('a');
    const auto second = received('b');
    const auto page = changes("Email", since, 1);
    ok(alice, "Email/set", destroy_one(first));
    const auto rest = changes("Email", text_at(page, "/newState"));
    EXPECT_THAT(texts_at(rest, "/destroyed"), ElementsAre(first));
    EXPECT_THAT(texts_at(rest, "/created"), ElementsAre(second));
    // Who was told of neither need not be told of what came and went.
    EXPECT_THAT(texts_at(changes("Email", since), "/destroyed"), IsEmpty());
}

TEST_F(ChangesSince, AContactThatCameBackAndWentAgainIsGone) {
    const auto root = sha256("bob");
    const AccountId account = *parse_object_id(IdKind::account, alice.account_id);
    const auto put = [&] {
        write([&](WriteTransaction& store_now) -> Result<void> {
            GrantRecord grant;
            grant.root = root;
            grant.address = "bob@two.test";
            store_now.put_grant(account, grant);
            return {};
        });
    };
    put();
    const auto since = state(alice, "Contact");
    ok(alice, "Contact/set", destroy_one(root.hex_text()));
    put();
    ok(alice, "Contact/set", destroy_one(root.hex_text()));
    EXPECT_THAT(texts_at(changes("Contact", since), "/destroyed"), ElementsAre(root.hex_text()));
}

TEST_F(ChangesSince, StatesOutliveARestart) {
    const auto since = state(alice, "Email");
    const auto contacts = state(alice, "Contact");
    const auto first = received('a');
    const auto now = state(alice, "Email");
    open_again();
    EXPECT_EQ(state(alice, "Email"), now);
    EXPECT_THAT(texts_at(changes("Email", since), "/created"), ElementsAre(first));
    EXPECT_EQ(text_at(changes("Contact", contacts), "/newState"), contacts);
}

TEST_F(ChangesSince, WhatWasRemovedLongAgoIsForgottenAndNothingElse) {
    open_again(2);
    const auto contacts = state(alice, "Contact");
    const auto oldest = state(alice, "Email");
    const auto kept = received('k');
    std::string recent;
    for (const char digit : {'a', 'b', 'c', 'd', 'e', 'f'}) {
        ok(alice, "Email/set", destroy_one(received(digit)));
        if (digit == 'd')
            recent = state(alice, "Email");
    }
    const auto newest = state(alice, "Email");
    ASSERT_TRUE(store->maintain(clock.now()));
    EXPECT_EQ(error(alice, "Email/changes", {{"sinceState", oldest}}), "cannotCalculateChanges");
    EXPECT_THAT(texts_at(changes("Email", recent), "/destroyed"), IsEmpty());
    EXPECT_EQ(state(alice, "Email"), newest);
    EXPECT_EQ(text_at(changes("Contact", contacts), "/newState"), contacts);
    const auto before = state(alice, "Email");
    ok(alice, "Email/set", update_one(kept, {{"keywords/$seen", true}}));
    EXPECT_THAT(texts_at(changes("Email", before), "/updated"), ElementsAre(kept));
}

TEST_F(ChangesSince, TextsThatAreNoStateAreRefused) {
    for (const char* text :
         {"", "x", "-1", "1.", "1.2", "5.2.m1", "1.x.m1", "999999", "1.999999.1"})
        EXPECT_EQ(error(alice, "Email/changes", {{"sinceState", text}}), "cannotCalculateChanges")
            << text;
    EXPECT_EQ(error(alice, "Email/changes", {{"sinceState", "1"}, {"maxChanges", 0}}),
              "invalidArguments");
    EXPECT_EQ(error(alice, "Email/changes", {{"sinceState", "1"}, {"maxChanges", 1.5}}),
              "invalidArguments");
}

TEST_F(ChangesSince, OfTwoSetsForOneStateOneIsDone) {
    for (int round = 0; round < 5; ++round) {
        const auto before = state(alice, "Token");
        const auto set = [&] {
            auto arguments = create_one({{"kind", "card"}});
            arguments["ifInState"] = before;
            return text_of(method(alice, "Token/set", arguments).at(0).as_string());
        };
        auto other = std::async(std::launch::async, set);
        EXPECT_THAT((std::multiset<std::string>{set(), other.get()}),
                    ElementsAre("Token/set", "error"));
    }
}

TEST_F(ChangesSince, WhoeverFollowsWhileOthersWriteMissesNothing) {
    constexpr int kWriters = 3;
    constexpr int kEach = 10;
    auto since = state(alice, "Token");
    std::vector<std::future<void>> writers;
    for (int writer = 0; writer < kWriters; ++writer)
        writers.push_back(std::async(std::launch::async, [this] {
            for (int i = 0; i < kEach; ++i)
                ok(alice, "Token/set", create_one({{"kind", "card"}}));
        }));
    std::set<std::string> told;
    const auto follow = [&] {
        const auto found = changes("Token", since, 3);
        for (const auto& id : texts_at(found, "/created"))
            told.insert(id);
        const auto next = text_at(found, "/newState");
        EXPECT_GE(parse_changes(next)->since, parse_changes(since)->since);
        since = next;
        return at(found, "/hasMoreChanges") == json::value(true);
    };
    while (std::ranges::any_of(writers, [](const auto& writer) {
        return writer.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    }))
        follow();
    while (follow()) {
    }
    EXPECT_THAT(told, SizeIs(kWriters * kEach));
    EXPECT_EQ(since, state(alice, "Token"));
}

TEST_F(ChangesSince, ARequestThatIsAnsweredBetweenTwoPagesIsToldToBeGone) {
    const auto held = [&](char digit) {
        auto message = letter(digit);
        message.state = MessageState::held;
        return "m" + std::to_string(deliver(alice, message));
    };
    const auto since = state(alice, "Request");
    const auto first = held('a');
    held('b');
    const auto page = changes("Request", since, 1);
    EXPECT_THAT(texts_at(page, "/created"), ElementsAre(first));
    ok(alice, "Request/set", update_one(first, {{"action", "decline"}}));
    const auto rest = changes("Request", text_at(page, "/newState"));
    EXPECT_THAT(texts_at(rest, "/destroyed"), ElementsAre(first));
    EXPECT_THAT(texts_at(rest, "/created"), Not(Contains(first)));
}

}  // namespace
}  // namespace kith
