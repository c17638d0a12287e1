// The HTTP server and client against each other, over loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "net/address.h"
#include "net/event_reader.h"
#include "net/net_tests.h"
#include "net/on_executor.h"

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h
using ::testing::HasSubstr;

Bytes octets(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13);
    return bytes;
}

std::string text_of(const Result<HttpReply>& reply) {
    return reply ? to_text(reply->body) : reply.error().text();
}

ErrorKind kind_of(const Result<HttpReply>& reply) {
    EXPECT_FALSE(reply);
    return reply ? ErrorKind::internal : reply.error().kind;
}

TEST(HttpTest, small_body_is_echoed) {
    TestServer server;
    auto reply = server.post("/echo", to_bytes("hello"));
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->status, 200U);
    EXPECT_EQ(to_text(reply->body), "hello");
    EXPECT_EQ(reply->headers.find("content-length"), "5");
    EXPECT_TRUE(reply->headers.find("date"));
}

TEST(HttpTest, empty_body_is_echoed) {
    TestServer server;
    auto reply = server.post("/echo", {});
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->status, 200U);
    EXPECT_TRUE(reply->body.empty());
}

TEST(HttpTest, twenty_megabytes_cross_both_ways) {
    TestServer server;
    Bytes body = octets(20'000'000);
    auto reply = server.post("/echo", body);
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_TRUE(reply->body == body);
}

TEST(HttpTest, twenty_megabytes_are_streamed_while_they_come) {
    TestServer server;
    auto source = std::make_shared<CountingSource>(20'000'000, 65'536);
    HttpCall call;
    call.method = "POST";
    call.path = "/stream";
    call.body = source;
    auto reply = server.request(std::move(call));
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->body.size(), 20'000'000U);
    EXPECT_EQ(source->given(), 20'000'000U);
}

TEST(HttpTest, hundred_streams_share_one_connection) {
    TestServer server;
    std::vector<std::future<Result<HttpReply>>> replies;
    for (int i = 0; i < 100; ++i)
        replies.push_back(
            std::async(std::launch::async, [&server] { return server.get("/hold"); }));
    EXPECT_TRUE(eventually([&] { return server.handler->held() == 100; }));
    EXPECT_EQ(server.server->counts().connections, 1U);
    server.handler->release();
    for (auto& reply : replies)
        EXPECT_EQ(text_of(reply.get()), "released");
}

TEST(HttpTest, more_requests_than_places_wait_for_one) {
    HttpLimits limits;
    limits.concurrent_streams = 2;
    TestServer server(limits);
    std::vector<std::future<Result<HttpReply>>> replies;
    for (int i = 0; i < 40; ++i)
        replies.push_back(std::async(std::launch::async,
                                     [&server] { return server.post("/echo", octets(100'000)); }));
    for (auto& future : replies) {
        auto reply = future.get();
        EXPECT_TRUE(reply) << text_of(reply);
    }
    EXPECT_LE(server.server->counts().connections_accepted, 4U);
}

TEST(HttpTest, early_answer_comes_before_the_body_crosses) {
    TestServer server;
    auto source = std::make_shared<CountingSource>(50'000'000, 65'536);
    HttpCall call;
    call.method = "POST";
    call.path = "/early";
    call.body = source;
    auto reply = server.request(std::move(call));
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->status, 402U);
    EXPECT_EQ(reply->headers.find("content-type"), "application/problem+json");
    EXPECT_LT(source->given(), 512U * 1024);
    // The connection goes on.
    EXPECT_EQ(text_of(server.post("/echo", to_bytes("next"))), "next");
    EXPECT_EQ(server.server->counts().connections_accepted, 1U);
}

TEST(HttpTest, early_answer_to_a_body_of_octets_is_delivered) {
    TestServer server;
    auto reply = server.post("/early", octets(5'000'000));
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->status, 402U);
}

TEST(HttpTest, unread_bodies_do_not_use_up_the_connection_window) {
    TestServer server;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(server.post("/early", octets(300'000)));
    EXPECT_EQ(text_of(server.post("/size", octets(2'000'000))), "2000000");
    EXPECT_EQ(server.server->counts().connections_accepted, 1U);
}

TEST(HttpTest, handler_exception_is_500) {
    TestServer server;
    auto reply = server.get("/throw");
    ASSERT_TRUE(reply) << text_of(reply);
    EXPECT_EQ(reply->status, 500U);
    EXPECT_THAT(to_text(reply->body), ::testing::Not(HasSubstr("purpose")));
    EXPECT_EQ(server.get("/nowhere")->status, 404U);
}

TEST(HttpTest, reply_over_the_limit_is_refused) {
    TestServer server;
    HttpCall call;
    call.path = "/make?100000";
    call.reply_limit = 99'999;
    auto limited = await(server.client_thread.executor(0),
                         server.client->request(server.origin(), std::move(call)));
    EXPECT_EQ(kind_of(limited), ErrorKind::limit);
    EXPECT_EQ(text_of(server.get("/make?3")), "kkk");
}

TEST(HttpTest, deadline_ends_a_request) {
    TestServer server;
    HttpCall call;
    call.path = "/hold";
    call.deadline = 100ms;
    EXPECT_EQ(kind_of(server.request(std::move(call))), ErrorKind::timeout);
    EXPECT_EQ(text_of(server.post("/echo", to_bytes("next"))), "next");
}

TEST(HttpTest, certificate_for_another_host_is_refused) {
    TestServer server;
    HttpOrigin other = server.origin();
    other.host = "mail.two.test";
    auto reply = await(server.client_thread.executor(0), server.client->request(other, HttpCall()));
    EXPECT_EQ(kind_of(reply), ErrorKind::untrusted);
    EXPECT_THAT(reply.error().text(), HasSubstr("mismatch"));
}

TEST(HttpTest, certificate_of_an_unknown_authority_is_refused) {
    TestServer server;
    HttpClientOptions options;
    options.tls = *client_tls({});
    HttpClient client(server.client_thread.executor(0), options);
    auto executor = server.client_thread.executor(0);
    auto reply = await(executor, client.request(server.origin(), HttpCall()));
    EXPECT_EQ(kind_of(reply), ErrorKind::untrusted);
    await(executor, client.stop());
}

TEST(HttpTest, reloaded_certificate_serves_new_connections) {
    TestServer server;
    ASSERT_TRUE(server.get("/make?1"));
    auto other = TestServer::authority().issue("mail.two.test");
    ASSERT_TRUE(server.identity->reload_pem(other.chain, other.key));
    HttpOrigin origin = server.origin();
    origin.host = "mail.two.test";
    auto executor = server.client_thread.executor(0);
    auto reply = await(executor, server.client->request(origin, HttpCall()));
    EXPECT_TRUE(reply) << text_of(reply);
    EXPECT_TRUE(server.get("/make?1"));  // the old connection goes on
    EXPECT_FALSE(server.identity->reload_pem(other.chain, "not a key"));
    EXPECT_FALSE(server.identity->reload_pem("", other.key));
}

TEST(HttpTest, refused_addresses_are_not_connected_to) {
    TestServer server;
    HttpClientOptions options;
    options.tls = *client_tls(TestServer::authority().file());
    options.allow_address = is_public_address;
    auto executor = server.client_thread.executor(0);
    HttpClient client(executor, options);
    auto reply = await(executor, client.request(server.origin(), HttpCall()));
    EXPECT_EQ(kind_of(reply), ErrorKind::denied);
    EXPECT_EQ(server.server->counts().connections_accepted, 0U);
    await(executor, client.stop());
}

TEST(HttpTest, nobody_listening_is_unavailable) {
    std::uint16_t port = 0;
    TestServer server;
    {
        TestServer gone;
        port = gone.port();
    }
    HttpOrigin origin = server.origin();
    origin.port = port;
    auto executor = server.client_thread.executor(0);
    auto reply = await(executor, server.client->request(origin, HttpCall()));
    EXPECT_EQ(kind_of(reply), ErrorKind::unavailable);
}

TEST(HttpTest, client_connects_again_when_the_server_has_restarted) {
    auto first = std::make_unique<TestServer>();
    std::uint16_t port = first->port();
    HttpOrigin origin = first->origin();
    IoThreads thread(1);
    auto client = TestServer::make_client(thread.executor(0));
    HttpCall call;
    call.path = "/make?2";
    auto ask = [&] { return await(thread.executor(0), client->request(origin, call)); };
    EXPECT_EQ(text_of(ask()), "kk");
    first.reset();
    TestServer second({}, port);
    EXPECT_EQ(text_of(ask()), "kk");
    await(thread.executor(0), client->stop());
}

TEST(HttpTest, running_requests_finish_when_the_server_stops) {
    TestServer server;
    auto held = std::async(std::launch::async, [&] { return server.get("/hold"); });
    ASSERT_TRUE(eventually([&] { return server.handler->held() == 1; }));
    auto stopped = std::async(std::launch::async, [&] { return server.server->stop(10s); });
    // New requests are not taken: the listening sockets are closed, the connection goes away.
    EXPECT_TRUE(eventually([&] {
        auto reply = server.get("/make?1");
        return !reply && reply.error().kind == ErrorKind::unavailable;
    }));
    server.handler->release();
    EXPECT_EQ(text_of(held.get()), "released");
    EXPECT_TRUE(stopped.get());
}

TEST(HttpTest, stop_closes_connections_at_the_deadline) {
    TestServer server;
    auto held = std::async(std::launch::async, [&] { return server.get("/hold"); });
    ASSERT_TRUE(eventually([&] { return server.handler->held() == 1; }));
    EXPECT_FALSE(server.server->stop(50ms));  // the handler still waits
    EXPECT_FALSE(held.get());
}

TEST(HttpTest, event_streams_end_when_the_server_stops) {
    TestServer server;
    auto executor = server.client_thread.executor(0);
    HttpCall call;
    call.path = "/events";
    auto stream = await(executor, server.client->open(server.origin(), call));
    ASSERT_TRUE(stream);
    EXPECT_TRUE(server.server->stop(10s));
    auto end = await(executor, (*stream)->next(10s));
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->empty());
}

TEST(HttpTest, events_are_pushed_to_the_reader) {
    TestServer server;
    auto executor = server.client_thread.executor(0);
    HttpCall call;
    call.path = "/events";
    auto stream = await(executor, server.client->open(server.origin(), call));
    ASSERT_TRUE(stream);
    EXPECT_EQ((*stream)->headers().find("content-type"), "text/event-stream");
    auto reader = std::make_unique<EventReader>(std::move(*stream));
    auto nothing = await(executor, reader->next(60ms));
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().kind, ErrorKind::timeout);
    for (const char* text : {"one", "two\nlines", "three"}) {
        server.handler->push(format_event({"state", text, ""}));
        auto event = await(executor, reader->next(10s));
        ASSERT_TRUE(event && *event);
        EXPECT_EQ((*event)->type, "state");
        EXPECT_EQ((*event)->data, text);
    }
    EXPECT_EQ(server.handler->listeners(), 1U);
    reader.reset();  // resets the stream: the server's source is let go
    EXPECT_TRUE(eventually([&] { return server.handler->listeners() == 0; }));
    EXPECT_EQ(text_of(server.get("/make?1")), "k");
    EXPECT_EQ(server.server->counts().connections_accepted, 1U);
}

TEST(HttpTest, client_is_called_from_other_threads) {
    IoThreads others(2);  // outlives the client's thread, which posts to it
    TestServer server({}, 0, 2);
    auto ask = [&](std::size_t thread) {
        HttpCall call;
        call.method = "POST";
        call.path = "/echo";
        call.body = octets(10'000);
        return await(others.executor(thread), server.client->request(server.origin(), call));
    };
    std::vector<std::future<Result<HttpReply>>> replies;
    for (std::size_t i = 0; i < 20; ++i)
        replies.push_back(std::async(std::launch::async, ask, i % 2));
    for (auto& reply : replies)
        EXPECT_TRUE(reply.get());
}

TEST(HttpTest, connections_are_spread_evenly_over_the_threads) {
    TestServer server({}, 0, 2);
    auto executor = server.client_thread.executor(0);
    std::map<std::string, int> of_thread;
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(TestServer::make_client(executor));
        HttpCall call;
        call.path = "/thread";
        ++of_thread[text_of(await(executor, clients.back()->request(server.origin(), call)))];
    }
    ASSERT_EQ(of_thread.size(), 2U);
    EXPECT_EQ(of_thread.begin()->second, 4);
    for (const auto& client : clients)
        await(executor, client->stop());
}

TEST(HttpTest, networks_that_can_wait_are_served_by_threads_that_yield) {
    TestServer server;
    IoThreads threads(1, 1);
    std::atomic<bool> can_wait{true};
    HttpServerOptions options;
    options.listen = {*parse_endpoint("127.0.0.1:0")};
    options.can_wait = [&](const boost::asio::ip::address&) { return can_wait.load(); };
    auto opened = HttpServer::open(threads, std::move(options), server.identity, server.handler);
    ASSERT_TRUE(opened);
    HttpOrigin origin = server.origin();
    origin.port = (*opened)->endpoints().front().port();
    auto executor = server.client_thread.executor(0);
    auto nice = [&] {
        auto client = TestServer::make_client(executor);
        HttpCall call;
        call.path = "/nice";
        std::string text = text_of(await(executor, client->request(origin, call)));
        await(executor, client->stop());
        return std::stoi(text);
    };
    for (int i = 0; i < 4; ++i) {  // whichever socket accepts
        can_wait = true;
        const int waits = nice();
        can_wait = false;
        EXPECT_LT(nice(), waits);
    }
}

TEST(HttpTest, idle_connections_are_closed_by_both_sides) {
    HttpLimits limits;
    limits.idle_timeout = 100ms;
    TestServer server(limits);
    ASSERT_TRUE(server.get("/make?1"));
    EXPECT_TRUE(eventually([&] { return server.server->counts().connections == 0; }));
    EXPECT_EQ(text_of(server.get("/make?1")), "k");
    EXPECT_EQ(server.server->counts().connections_accepted, 2U);
}

}  // namespace
}  // namespace kith
