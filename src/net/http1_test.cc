// The server's HTTP/1.1, as health checks and plain tools use it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/net_tests.h"

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Http1Test : public ::testing::Test {
  protected:
    /// Sends, and reads until `end` has come.
    std::string exchange(const std::string& text, const std::string& end) {
        raw_.write(text);
        return raw_.read_until(end);
    }
    TestServer server_;
    RawTls raw_{server_.port(), ""};
};

TEST_F(Http1Test, body_with_length_is_echoed) {
    auto answer = exchange(
        "POST /echo HTTP/1.1\r\nHost: one.test\r\nContent-Length: 5\r\n\r\nhello", "hello");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("content-length: 5\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nhello"));
}

TEST_F(Http1Test, chunked_body_is_echoed_and_the_connection_kept) {
    for (int i = 0; i < 3; ++i) {
        auto answer = exchange(
            "POST /echo HTTP/1.1\r\nHost: one.test\r\nTransfer-Encoding: chunked\r\n\r\n"
            "5\r\nhello\r\n4;x=y\r\n all\r\n0\r\n\r\n",
            "hello all");
        EXPECT_THAT(answer, HasSubstr("content-length: 9"));
    }
    EXPECT_THAT(exchange("GET /nowhere HTTP/1.1\r\nHost: one.test\r\n\r\n", "/nowhere"),
                StartsWith("HTTP/1.1 404"));
}

TEST_F(Http1Test, pipelined_requests_are_answered_in_order) {
    std::string one = "GET /one HTTP/1.1\r\nHost: one.test\r\n\r\n";
    std::string two = "GET /two HTTP/1.1\r\nHost: one.test\r\n\r\n";
    auto answers = exchange(one + two, "/two");
    EXPECT_LT(answers.find("/one"), answers.find("/two"));
}

TEST_F(Http1Test, head_has_no_body) {
    auto answer = exchange("HEAD /make?5 HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("content-length: 5"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(Http1Test, source_without_size_is_chunked) {
    auto answer = exchange(
        "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
        "0\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("transfer-encoding: chunked"));
    EXPECT_THAT(answer, HasSubstr("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    EXPECT_TRUE(raw_.read_to_end());
}

TEST_F(Http1Test, early_answer_closes_the_connection_behind_it) {
    raw_.write("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin");
    auto answer = raw_.read_to_end();
    ASSERT_TRUE(answer);
    EXPECT_THAT(to_text(*answer), StartsWith("HTTP/1.1 402"));
    EXPECT_THAT(to_text(*answer), HasSubstr("connection: close"));
}

TEST_F(Http1Test, client_that_waits_for_continue_is_told) {
    std::string head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    EXPECT_EQ(exchange(head, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_THAT(exchange("ok", "\r\n\r\nok"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Http1Test, malformed_request_is_400_and_closed) {
    raw_.write("GET / HTTP/1.1\r\n\r\n");
    auto answer = raw_.read_to_end();
    ASSERT_TRUE(answer);
    EXPECT_THAT(to_text(*answer), StartsWith("HTTP/1.1 400"));
}

TEST_F(Http1Test, header_over_the_limit_is_431) {
    raw_.write("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n");
    auto answer = raw_.read_to_end();
    ASSERT_TRUE(answer);
    EXPECT_THAT(to_text(*answer), StartsWith("HTTP/1.1 431"));
}

TEST_F(Http1Test, large_bodies_cross) {
    std::string body(3'000'000, 'b');
    raw_.write("POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + body);
    EXPECT_THAT(raw_.read_until("3000000"), EndsWith("\r\n\r\n3000000"));
}

TEST_F(Http1Test, event_stream_ends_when_the_server_stops) {
    raw_.write("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_.read_until("\r\n\r\n");
    server_.handler->push("data: 1\n\n");
    EXPECT_THAT(raw_.read_until("\n\n\r\n"), HasSubstr("data: 1"));
    EXPECT_TRUE(server_.server->stop(10s));
    EXPECT_TRUE(raw_.read_to_end());
}

}  // namespace
}  // namespace kith
