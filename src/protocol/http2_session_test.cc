// Two HTTP/2 machines against each other, in memory.
#include "protocol/http2_session.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace kith::http2 {
namespace {

/// One end, and what its events came to.
struct End {
    explicit End(Role role, SessionLimits limits = {}) : session(role, limits) {}

    Bytes take() {
        Bytes out;
        EXPECT_TRUE(session.take_output(out, 1U << 24));
        collect();
        return out;
    }
    Result<void> give(ByteView octets, std::size_t piece) {
        for (std::size_t at = 0; at < octets.size(); at += piece) {
            auto fed = session.feed(octets.subspan(at, std::min(piece, octets.size() - at)));
            collect();
            if (!fed)
                return fed;
        }
        return {};
    }
    void collect() {
        while (auto event = session.next_event()) {
            if (auto* data = std::get_if<Data>(&*event)) {
                bodies[data->stream] += as_text(data->bytes);
                if (consuming)
                    session.consume(data->stream, data->bytes.size());
            }
            if (auto* request = std::get_if<Request>(&*event))
                requests.push_back(*request);
            if (auto* reply = std::get_if<Reply>(&*event))
                replies.push_back(*reply);
            if (auto* end = std::get_if<http2::End>(&*event))
                ended.push_back(end->stream);
            if (auto* closed = std::get_if<Closed>(&*event))
                closes[closed->stream] = closed->code;
            if (auto* drained = std::get_if<Drained>(&*event))
                drains.push_back(drained->stream);
            if (auto* away = std::get_if<GoingAway>(&*event))
                going_away = away->last;
        }
    }

    Session session;
    bool consuming = true;
    std::vector<Request> requests;
    std::vector<Reply> replies;
    std::vector<StreamId> ended;
    std::vector<StreamId> drains;
    std::map<StreamId, std::string> bodies;
    std::map<StreamId, std::uint32_t> closes;
    std::optional<StreamId> going_away;
};

class Http2SessionTest : public ::testing::Test {
  protected:
    /// Carries octets both ways until neither has any.
    void talk(std::size_t piece = 1U << 24) {
        while (true) {
            Bytes up = client.take();
            Bytes down = server.take();
            if (up.empty() && down.empty())
                return;
            ASSERT_TRUE(server.give(up, piece));
            ASSERT_TRUE(client.give(down, piece));
        }
    }
    StreamId ask(const std::string& body, BodyMode mode = BodyMode::whole) {
        RequestHead head{"POST", "one.test", "/kith/1/deliveries?a=b", {{"x-test", "yes"}}};
        auto id = client.session.request(head, mode, to_bytes(body));
        EXPECT_TRUE(id);
        return *id;
    }

    End client{Role::client};
    End server{Role::server};
};

TEST_F(Http2SessionTest, request_and_reply_cross_however_they_are_split) {
    for (std::size_t piece : {1U, 7U, 1U << 20}) {
        StreamId id = ask(std::string(3'000, 'q'));
        talk(piece);
        ASSERT_FALSE(server.requests.empty());
        EXPECT_EQ(server.requests.back().head.method, "POST");
        EXPECT_EQ(server.requests.back().head.target, "/kith/1/deliveries?a=b");
        EXPECT_EQ(server.requests.back().head.authority, "one.test");
        EXPECT_EQ(server.requests.back().head.headers.find("x-test"), "yes");
        EXPECT_EQ(server.bodies[id], std::string(3'000, 'q'));
        server.session.respond(id, {201, {{"a", "b"}}}, BodyMode::whole, to_bytes("done"));
        talk(piece);
        ASSERT_FALSE(client.replies.empty());
        EXPECT_EQ(client.replies.back().head, (ReplyHead{201, {{"a", "b"}}}));
        EXPECT_EQ(client.bodies[id], "done");
        EXPECT_EQ(client.closes.at(id), 0U);
        EXPECT_EQ(server.closes.at(id), 0U);
    }
    EXPECT_EQ(client.session.open_streams(), 0U);
    EXPECT_EQ(server.session.open_streams(), 0U);
}

TEST_F(Http2SessionTest, unread_body_stops_at_the_stream_window) {
    server.consuming = false;
    StreamId id = ask(std::string(1'000'000, 'x'));
    talk();
    EXPECT_EQ(server.bodies[id].size(), SessionLimits().stream_window);
    server.session.consume(id, 200'000);
    talk();
    EXPECT_EQ(server.bodies[id].size(), SessionLimits().stream_window + 200'000);
}

TEST_F(Http2SessionTest, answer_before_the_end_of_a_request_resets_without_error) {
    server.consuming = false;
    StreamId id = ask(std::string(1'000'000, 'x'));
    talk();
    server.session.respond(id, {402, {}}, BodyMode::whole, to_bytes("price"));
    talk();
    EXPECT_EQ(client.replies.at(0).head.status, 402U);
    EXPECT_EQ(client.bodies[id], "price");
    EXPECT_EQ(client.ended, std::vector{id});
    EXPECT_EQ(client.closes.at(id), 0U);
    // What the server had not consumed is given back: the next one has the whole window.
    server.session.consume(id, server.bodies[id].size());
    server.consuming = true;
    StreamId next = ask(std::string(2'000'000, 'y'));
    talk();
    EXPECT_EQ(server.bodies[next].size(), 2'000'000U);
}

TEST_F(Http2SessionTest, pieces_are_asked_for_when_the_last_went_out) {
    StreamId id = ask("");
    talk();
    server.session.respond(id, {200, {}}, BodyMode::pieces, {});
    for (int i = 1; i <= 3; ++i) {
        talk();
        EXPECT_EQ(server.drains.size(), static_cast<std::size_t>(i));
        server.session.push_body(id, to_bytes("piece "));
    }
    server.session.end_body(id);
    talk();
    EXPECT_EQ(client.bodies[id], "piece piece piece ");
    EXPECT_EQ(client.ended, std::vector{id});
}

TEST_F(Http2SessionTest, header_over_the_limit_is_answered_431_by_the_machine) {
    RequestHead head{"GET", "one.test", "/", {}};
    for (int i = 0; i < 200; ++i)
        head.headers.add("name-" + std::to_string(i), std::string(60, 'v'));
    auto id = client.session.request(head, BodyMode::whole, {});
    ASSERT_TRUE(id);
    talk();
    EXPECT_TRUE(server.requests.empty());
    EXPECT_EQ(client.replies.at(0).head.status, 431U);
}

TEST_F(Http2SessionTest, target_that_is_no_path_is_answered_400) {
    RequestHead head{"OPTIONS", "one.test", "*", {}};
    ASSERT_TRUE(client.session.request(head, BodyMode::whole, {}));
    talk();
    EXPECT_TRUE(server.requests.empty());
    EXPECT_EQ(client.replies.at(0).head.status, 400U);
}

TEST_F(Http2SessionTest, going_away_finishes_what_was_begun) {
    StreamId first = ask("one");
    talk();
    server.session.go_away();
    talk();
    EXPECT_EQ(client.going_away, first);
    EXPECT_FALSE(client.session.request({"GET", "one.test", "/", {}}, BodyMode::whole, {}));
    server.session.respond(first, {200, {}}, BodyMode::whole, to_bytes("last"));
    talk();
    EXPECT_EQ(client.bodies[first], "last");
    EXPECT_TRUE(server.session.finished());
}

TEST_F(Http2SessionTest, request_behind_going_away_is_known_to_be_unseen) {
    StreamId first = ask("one");
    talk();
    server.session.go_away();
    Bytes goodbye = server.take();
    StreamId second = ask("two");
    ASSERT_TRUE(server.give(client.take(), 1U << 20));
    ASSERT_TRUE(client.give(goodbye, 1U << 20));
    talk();
    EXPECT_EQ(server.requests.size(), 1U);
    EXPECT_EQ(client.closes.at(second), static_cast<std::uint32_t>(Code::refused_stream));
    EXPECT_FALSE(client.closes.contains(first));
}

TEST_F(Http2SessionTest, peer_that_is_no_http2_is_refused) {
    auto fed = server.session.feed(as_bytes("GET / HTTP/1.1\r\nHost: one.test\r\n\r\n"));
    EXPECT_FALSE(fed);
    EXPECT_TRUE(server.requests.empty());
}

TEST_F(Http2SessionTest, calls_for_streams_that_are_gone_do_nothing) {
    server.session.respond(7, {200, {}}, BodyMode::whole, {});
    server.session.push_body(7, to_bytes("x"));
    server.session.end_body(7);
    server.session.reset(7, Code::cancel);
    server.session.consume(7, 10);
    EXPECT_EQ(server.session.unsent(7), 0U);
    StreamId id = ask("still works");
    talk();
    EXPECT_EQ(server.bodies[id], "still works");
}

}  // namespace
}  // namespace kith::http2
