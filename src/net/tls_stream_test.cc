#include "net/tls_stream.h"

#include <gtest/gtest.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

#include "net/net_tests.h"

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h
namespace asio = boost::asio;
using asio::ip::tcp;

struct Visit {
    TlsSession ticket;
    bool resumed = false;
    std::string protocol;
};

/// Connects, and reads until the server's first frame has come: its ticket comes before that.
awaitable<Result<Visit>> visit(std::uint16_t port, SslContext context, ssl_session_st* resume) {
    tcp::socket socket(co_await asio::this_coro::executor);
    tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    auto [error] = co_await socket.async_connect(server, asio::as_tuple(asio::use_awaitable));
    if (error)
        co_return fail(ErrorKind::io, "connect", error.message());
    auto stream = CO_TRY(TlsStream::client(std::move(socket), context, "mail.one.test", resume));
    CO_TRY(co_await stream.handshake());
    Bytes octets(1024);
    CO_TRY(co_await stream.read_some(octets));
    Visit seen;
    seen.ticket = stream.session();
    seen.resumed = stream.resumed();
    seen.protocol = stream.protocol();
    stream.close();
    co_return seen;
}

TEST(TlsStreamTest, second_connection_resumes_the_first_ones_session) {
    TestServer server;
    auto context = client_tls(TestServer::authority().file());
    ASSERT_TRUE(context);
    auto executor = server.client_thread.executor(0);
    auto first = await(executor, visit(server.port(), *context, nullptr));
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(first->protocol, "h2");
    EXPECT_FALSE(first->resumed);
    ASSERT_TRUE(first->ticket);
    auto second = await(executor, visit(server.port(), *context, first->ticket.get()));
    ASSERT_TRUE(second) << second.error().text();
    EXPECT_TRUE(second->resumed);
}

TEST(TlsStreamTest, ticket_of_an_earlier_certificate_leads_to_a_full_handshake) {
    TestServer server;
    auto context = client_tls(TestServer::authority().file());
    auto executor = server.client_thread.executor(0);
    auto first = await(executor, visit(server.port(), *context, nullptr));
    ASSERT_TRUE(first) << first.error().text();
    auto fresh = TestServer::authority().issue("mail.one.test");
    ASSERT_TRUE(server.identity->reload_pem(fresh.chain, fresh.key));
    auto second = await(executor, visit(server.port(), *context, first->ticket.get()));
    ASSERT_TRUE(second) << second.error().text();
    EXPECT_FALSE(second->resumed);
}

TEST(TlsStreamTest, identity_that_does_not_parse_is_malformed) {
    auto good = TestServer::authority().issue("mail.one.test");
    auto other = TestServer::authority().issue("mail.one.test");
    EXPECT_EQ(TlsIdentity::from_pem("", good.key).error().kind, ErrorKind::malformed);
    EXPECT_EQ(TlsIdentity::from_pem(good.chain, "").error().kind, ErrorKind::malformed);
    EXPECT_EQ(TlsIdentity::from_pem(good.chain, other.key).error().kind, ErrorKind::malformed);
    EXPECT_EQ(TlsIdentity::from_files("/nowhere", "/nowhere").error().kind, ErrorKind::io);
    EXPECT_EQ(client_tls("/nowhere").error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace kith
