#include "access/client_fixture.h"
#include "access/event_source.h"
#include "access/properties.h"
#include "net/event_reader.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

class Push : public ClientFixture {
  protected:
    void SetUp() override { alice = settled("alice@one.test", 1); }

    using Reader = std::unique_ptr<EventReader>;

    Reader listen(const std::string& query, const std::string& last_event_id = "") {
        HttpCall http_call;
        http_call.path = "/jmap/eventsource/?" + query;
        http_call.headers.add("authorization", "Bearer " + alice.token);
        if (!last_event_id.empty())
            http_call.headers.add("last-event-id", last_event_id);
        auto opened =
            testing::await(client_thread.executor(0), client->open(origin(), std::move(http_call)));
        EXPECT_TRUE(opened) << opened.error().text();
        EXPECT_EQ((*opened)->status(), 200U);
        EXPECT_EQ((*opened)->headers().find("content-type"), "text/event-stream; charset=utf-8");
        return std::make_unique<EventReader>(*std::move(opened));
    }
    /// nullopt: the stream has ended.
    std::optional<ServerEvent> next(const Reader& reader) {
        auto event = testing::await(client_thread.executor(0), reader->next(Milliseconds(10'000)));
        EXPECT_TRUE(event) << event.error().text();
        return event ? *event : std::nullopt;
    }
    /// The states of the types that the next event tells.
    std::map<std::string, std::string> told(const Reader& reader) {
        std::map<std::string, std::string> states;
        const auto event = next(reader);
        if (!event || event->type != "state")
            return states;
        last_id = event->id;
        const auto data = *jmap::parse_json(event->data);
        EXPECT_EQ(text_at(data, "/@type"), "StateChange");
        for (const auto& member : at(data, "/changed/" + alice.account_id).as_object())
            states.emplace(member.key(), text_of(member.value().as_string()));
        return states;
    }
    std::string label(const std::string& text) {
        return text_at(ok(alice, "Token/set", create_one({{"kind", "card"}, {"label", text}})),
                       "/newState");
    }
    static std::string everything() { return "types=*&closeafter=no&ping=0"; }

    Person alice;
    std::string last_id;
};

TEST_F(Push, AChangeIsToldWithTheStateThatGetGives) {
    const auto reader = listen(everything());
    const auto token = label("one");
    EXPECT_THAT(told(reader), ElementsAre(std::pair("Token", token)));
    make_email(alice, draft(alice, upload(alice, "letter"), std::string(32, 'a')));
    const auto states = told(reader);
    EXPECT_THAT(
        states,
        UnorderedElementsAre(
            Key("Email"), Key("EmailDelivery"), Key("Mailbox"), Key("Request"), Key("Thread")));
    EXPECT_EQ(states.at("Email"), state(alice, "Email"));
    EXPECT_EQ(states.at("Mailbox"), state(alice, "Mailbox"));
}

TEST_F(Push, WhatIsDeliveredFromOutsideIsToldToo) {
    const auto reader = listen(everything());
    MessageRecord message;
    message.stub_id = std::string(32, 'b');
    message.from = "bob@two.test";
    message.from_root = sha256("bob");
    message.blob_at = MessageRecord::Blob::elsewhere;
    deliver(alice, message);
    EXPECT_EQ(told(reader).at("Email"), state(alice, "Email"));
}

TEST_F(Push, NewMailIsToldApartFromWhatIsDoneWithMail) {
    const auto reader = listen("types=EmailDelivery&closeafter=no&ping=0");
    MessageRecord message;
    message.stub_id = std::string(32, 'b');
    message.from = "bob@two.test";
    message.from_root = sha256("bob");
    message.blob_at = MessageRecord::Blob::elsewhere;
    const auto first = "m" + std::to_string(deliver(alice, message));
    const auto before = told(reader).at("EmailDelivery");
    ok(alice, "Email/set", update_one(first, {{"keywords/$seen", true}}));
    message.stub_id = std::string(32, 'c');
    const auto second = "m" + std::to_string(deliver(alice, message));
    const auto after = told(reader).at("EmailDelivery");  // the one event for both
    EXPECT_GT(std::stoll(after), std::stoll(before));
    ok(alice, "Email/set", destroy_one(second));
    const auto again = listen("types=EmailDelivery&closeafter=no&ping=0", "EmailDelivery=" + after);
    message.stub_id = std::string(32, 'd');
    deliver(alice, message);
    EXPECT_GT(std::stoll(told(again).at("EmailDelivery")), std::stoll(after));
}

TEST_F(Push, OnlyTheTypesAskedForAreTold) {
    const auto reader = listen("types=Contact,Mailbox&closeafter=no&ping=0");
    label("one");
    ok(alice, "Mailbox/set", create_one({{"name", "Work"}}));
    EXPECT_THAT(told(reader), ElementsAre(Key("Mailbox")));
}

TEST_F(Push, AConnectionEndsAfterTheFirstStateWhenAsked) {
    const auto reader = listen("types=*&closeafter=state&ping=0");
    label("one");
    EXPECT_THAT(told(reader), ElementsAre(Key("Token")));
    EXPECT_FALSE(next(reader));
}

TEST_F(Push, WhatWasMissedIsToldAtOnce) {
    {
        const auto reader = listen(everything());
        label("one");
        told(reader);
    }
    label("two");
    const auto again = listen(everything(), last_id);
    EXPECT_THAT(told(again), ElementsAre(std::pair("Token", state(alice, "Token"))));
    const auto stranger = listen(everything(), "nonsense");
    EXPECT_EQ(told(stranger).size(), 10U);
}

TEST_F(Push, OthersAreNotTold) {
    const auto bob = settled("bob@one.test", 11);
    const auto reader = listen(everything());
    ok(bob, "Token/set", create_one({{"kind", "card"}}));
    const auto own = label("one");
    EXPECT_THAT(told(reader), ElementsAre(std::pair("Token", own)));
}

TEST_F(Push, ADeviceThatIsRevokedIsCutOff) {
    ASSERT_EQ(log_in(alice, "phone").status, 200U);
    const auto reader = listen(everything());
    ASSERT_EQ(log_in(alice, "laptop").status, 200U);
    clock.advance(Seconds(60));
    const auto card = card_without(alice, "phone");
    ok(alice, "Card/set", create_one({{"note", card.note.octets()}}));
    // What changed may still have been told before the end.
    while (next(reader)) {
    }
}

TEST_F(Push, AConnectionEndsWithItsSession) {
    const auto reader = listen(everything());
    clock.advance(std::chrono::hours(12));
    ASSERT_EQ(log_in(alice).status, 200U);
    label("one");
    EXPECT_FALSE(next(reader));
}

TEST_F(Push, ADisabledAccountIsCutOff) {
    const auto reader = listen(everything());
    hub.end_account(store->read()->account(alice.address)->id);
    EXPECT_FALSE(next(reader));
}

TEST_F(Push, BadQueriesAreRefused) {
    for (const std::string query : {"types=*&closeafter=never&ping=0",
                                    "types=*&closeafter=no&ping=soon",
                                    "types=%zz&closeafter=no&ping=0"}) {
        const auto answer = get("/jmap/eventsource/?" + query, alice.token);
        EXPECT_EQ(answer.status, 400U) << query;
        EXPECT_EQ(answer.problem(), "malformed") << query;
    }
    EXPECT_EQ(get("/jmap/eventsource/?" + everything()).status, 401U);
}

TEST_F(Push, AnAccountHasOnlySoManyConnections) {
    std::vector<Reader> readers;
    for (int i = 0; i < 4; ++i)
        readers.push_back(listen(everything()));
    const auto refused = get("/jmap/eventsource/?" + everything(), alice.token);
    EXPECT_EQ(refused.status, 429U);
    readers.clear();
    EXPECT_TRUE(testing::eventually([&] {
        HttpCall http_call;
        http_call.path = "/jmap/eventsource/?" + everything();
        http_call.headers.add("authorization", "Bearer " + alice.token);
        auto opened =
            testing::await(client_thread.executor(0), client->open(origin(), std::move(http_call)));
        return opened && (*opened)->status() == 200;
    }));
}

TEST(EventIds, SayTheStatesOfAllTypes) {
    const jmap::TypeStates states{{"Email", "7"}, {"Mailbox", "12"}};
    EXPECT_EQ(event_id_of(states), "Email=7,Mailbox=12");
    EXPECT_EQ(states_of_event_id("Email=7,Mailbox=12"), states);
    EXPECT_TRUE(states_of_event_id("nonsense").empty());
    EXPECT_TRUE(states_of_event_id("").empty());
}

}  // namespace
}  // namespace kith
