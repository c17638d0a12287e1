// What Thread/changes tells: threads come with their first message, go with their last, and change
// when one comes or goes.
#include "access/client_fixture.h"
#include "access/object_ids.h"
#include "access/properties.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Threads : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    /// A message with that id; in the thread of the one that it answers.
    std::string received(char digit, char answers = '\0') {
        MessageRecord message;
        message.stub_id = std::string(32, digit);
        message.from = "bob@two.test";
        message.from_root = sha256("bob");
        message.blob_at = MessageRecord::Blob::elsewhere;
        if (answers != '\0')
            message.answers = std::string(32, answers);
        return "m" + std::to_string(deliver(alice, message));
    }
    void destroy(const std::string& email) { ok(alice, "Email/set", destroy_one(email)); }
    std::string thread_of(const std::string& email) {
        return text_at(object(alice, "Email", email), "/threadId");
    }
    json::object changes(const std::string& since, std::int64_t most = 0) {
        json::object arguments{{"sinceState", since}};
        if (most > 0)
            arguments["maxChanges"] = most;
        return ok(alice, "Thread/changes", arguments);
    }
    std::string now() { return state(alice, "Thread"); }

    Person alice;
};

TEST_F(Threads, OneWithANewMessageOrWithoutAnOldOneIsUpdated) {
    const auto first = received('a');
    const auto thread = thread_of(first);
    auto since = now();
    const auto second = received('b', 'a');
    EXPECT_THAT(texts_at(changes(since), "/updated"), ElementsAre(thread));
    EXPECT_THAT(texts_at(changes(since), "/created"), IsEmpty());
    since = now();
    destroy(first);
    const auto found = changes(since);
    EXPECT_THAT(texts_at(found, "/updated"), ElementsAre(thread));
    EXPECT_THAT(texts_at(found, "/destroyed"), IsEmpty());
    EXPECT_THAT(texts_at(object(alice, "Thread", thread), "/emailIds"), ElementsAre(second));
    EXPECT_EQ(text_at(found, "/newState"), now());
}

TEST_F(Threads, OneWhoseLastMessageWentIsDestroyed) {
    const auto first = received('a');
    const auto second = received('b', 'a');
    const auto thread = thread_of(first);
    const auto since = now();
    destroy(second);
    destroy(first);
    const auto found = changes(since);
    EXPECT_THAT(texts_at(found, "/destroyed"), ElementsAre(thread));
    EXPECT_THAT(texts_at(found, "/updated"), IsEmpty());
}

TEST_F(Threads, OneThatCameAndWentIsNotTold) {
    const auto since = now();
    destroy(received('a'));
    const auto found = changes(since);
    for (const char* list : {"/created", "/updated", "/destroyed"})
        EXPECT_THAT(texts_at(found, list), IsEmpty()) << list;
}

TEST_F(Threads, OneThatIsNewThoughItsFirstMessageIsGoneIsCreated) {
    const auto since = now();
    const auto first = received('a');
    const auto second = received('b', 'a');
    const auto thread = thread_of(second);
    destroy(first);
    const auto found = changes(since);
    EXPECT_THAT(texts_at(found, "/created"), ElementsAre(thread));
    EXPECT_THAT(texts_at(found, "/updated"), IsEmpty());
}

TEST_F(Threads, WhatHappensToAMessageIsNoChangeOfItsThread) {
    const auto first = received('a');
    const auto since = now();
    ok(alice, "Email/set", update_one(first, {{"keywords/$seen", true}}));
    EXPECT_THAT(texts_at(changes(since), "/updated"), IsEmpty());
}

TEST_F(Threads, OneThatWasToldOnAPageBeforeIsUpdatedOnTheNext) {
    const auto since = now();
    const auto first = received('a');
    received('b', 'a');
    const auto page = changes(since, 1);
    EXPECT_THAT(texts_at(page, "/created"), ElementsAre(thread_of(first)));
    const auto rest = changes(text_at(page, "/newState"));
    EXPECT_THAT(texts_at(rest, "/updated"), ElementsAre(thread_of(first)));
    EXPECT_THAT(texts_at(rest, "/created"), IsEmpty());
}

}  // namespace
}  // namespace kith
