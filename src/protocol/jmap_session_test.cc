#include "protocol/jmap_session.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "protocol/event_stream.h"

namespace kith::jmap {
namespace {

SessionInfo info() {
    SessionInfo out;
    out.capabilities[kKith] = json::object{{"domain", "one.test"}};
    out.account.id = "a1";
    out.account.name = "alice@one.test";
    out.account.capabilities[kMail] = json::object();
    out.base_url = "https://mail.one.test";
    return out;
}

TEST(JmapSession, has_all_that_the_rfc_asks) {
    const json::object session = session_object(info());
    const auto& core = session.at("capabilities").at(kCore).as_object();
    for (const char* const name : {"maxSizeUpload",
                                   "maxConcurrentUpload",
                                   "maxSizeRequest",
                                   "maxConcurrentRequests",
                                   "maxCallsInRequest",
                                   "maxObjectsInGet",
                                   "maxObjectsInSet",
                                   "collationAlgorithms"})
        EXPECT_TRUE(core.contains(name)) << name;
    EXPECT_EQ(session.at("accounts").at("a1").at("isPersonal").as_bool(), true);
    EXPECT_EQ(session.at("primaryAccounts").at(kMail).as_string(), "a1");
    EXPECT_EQ(session.at("username").as_string(), "alice@one.test");
    EXPECT_EQ(session.at("apiUrl").as_string(), "https://mail.one.test/jmap/api");
    for (const char* const variable : {"{accountId}", "{blobId}", "{type}", "{name}"})
        EXPECT_TRUE(session.at("downloadUrl").as_string().find(variable) != std::string::npos);
    for (const char* const variable : {"{types}", "{closeafter}", "{ping}"})
        EXPECT_TRUE(session.at("eventSourceUrl").as_string().find(variable) != std::string::npos);
}

TEST(JmapSession, state_changes_with_the_rest_and_only_then) {
    SessionInfo other = info();
    EXPECT_EQ(session_object(info()).at("state"), session_object(other).at("state"));
    other.account.read_only = true;
    EXPECT_NE(session_object(info()).at("state"), session_object(other).at("state"));
}

TEST(JmapEventSource, query_is_read) {
    const auto all = parse_event_source_query("types=*&closeafter=no&ping=300");
    ASSERT_TRUE(all) << all.error().text();
    EXPECT_TRUE(all->wants("Email"));
    EXPECT_EQ(all->ping, Seconds(300));
    const auto some = parse_event_source_query("ping=0&types=Email%2CMailbox&closeafter=state");
    ASSERT_TRUE(some);
    EXPECT_TRUE(some->wants("Mailbox"));
    EXPECT_FALSE(some->wants("Card"));
    EXPECT_EQ(some->close_after, EventSourceRequest::CloseAfter::state);
    EXPECT_EQ(some->ping, Seconds(0));
}

TEST(JmapEventSource, ping_is_held_within_its_bounds) {
    EXPECT_EQ(parse_event_source_query("types=*&closeafter=no&ping=1")->ping, Seconds(10));
    EXPECT_EQ(parse_event_source_query("types=*&closeafter=no&ping=99999")->ping, Seconds(3600));
}

TEST(JmapEventSource, refusals_name_the_parameter) {
    const auto where = [](std::string_view query) {
        auto read = parse_event_source_query(query);
        EXPECT_FALSE(read) << query;
        return read ? "" : read.error().where;
    };
    EXPECT_EQ(where("closeafter=no&ping=0"), "types");
    EXPECT_EQ(where("types=&closeafter=no&ping=0"), "types");
    EXPECT_EQ(where("types=a/b&closeafter=no&ping=0"), "types");
    EXPECT_EQ(where("types=%4&closeafter=no&ping=0"), "types");
    EXPECT_EQ(where("types=*&types=*&closeafter=no&ping=0"), "types");
    EXPECT_EQ(where("types=*&closeafter=yes&ping=0"), "closeafter");
    EXPECT_EQ(where("types=*&closeafter=no&ping=-1"), "ping");
    EXPECT_EQ(where("types=*&closeafter=no"), "ping");
}

TEST(JmapEventSource, state_event_carries_a_state_change) {
    EventStreamParser parser;
    const std::string text = write_state_event("a1", {{"Email", "d35"}, {"Mailbox", "0af"}}, "7");
    ASSERT_TRUE(parser.feed(as_bytes(text)));
    const auto event = parser.next_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->type, "state");
    EXPECT_EQ(event->id, "7");
    EXPECT_EQ(json::parse(event->data), json::parse(R"({"@type":"StateChange",
                              "changed":{"a1":{"Email":"d35","Mailbox":"0af"}}})"));
}

TEST(JmapEventSource, ping_event_tells_the_interval_and_sets_no_id) {
    const std::string text = write_ping_event(Seconds(300));
    EXPECT_TRUE(text.contains("event: ping\n"));
    EXPECT_TRUE(text.contains(R"(data: {"interval":300})"));
    EXPECT_FALSE(text.contains("id:"));
}

TEST(JmapUpload, response_has_the_four_members) {
    EXPECT_EQ(upload_response("a1", "sha256-00", "application/octet-stream", 5),
              json::parse(R"({"accountId":"a1","blobId":"sha256-00",
                              "type":"application/octet-stream","size":5})")
                  .as_object());
}

}  // namespace
}  // namespace kith::jmap
