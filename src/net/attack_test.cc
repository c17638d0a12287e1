// Clients that misuse the protocol: each is dealt with while another is served.
#include <gtest/gtest.h>

#include <memory>

#include "net/net_tests.h"
#include "protocol/http2_session.h"

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h

const std::string kH2("\x02h2", 3);
const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// RFC 9113 section 4.1.
std::string frame(std::uint8_t type,
                  std::uint8_t flags,
                  std::uint32_t stream,
                  const std::string& payload) {
    std::string out;
    for (int shift : {16, 8, 0})
        out += static_cast<char>(payload.size() >> shift);
    out += static_cast<char>(type);
    out += static_cast<char>(flags);
    for (int shift : {24, 16, 8, 0})
        out += static_cast<char>(stream >> shift);
    return out + payload;
}

enum Type : std::uint8_t {
    kData = 0,
    kHeaders = 1,
    kReset = 3,
    kSettings = 4,
    kPing = 6,
    kWindowUpdate = 8,
    kContinuation = 9,
};
constexpr std::uint8_t kEndStream = 1;
constexpr std::uint8_t kEndHeaders = 4;

std::string number(std::uint32_t value) {
    std::string out;
    for (int shift : {24, 16, 8, 0})
        out += static_cast<char>(value >> shift);
    return out;
}

std::string setting(std::uint16_t id, std::uint32_t value) {
    return std::string{static_cast<char>(id >> 8), static_cast<char>(id)} + number(value);
}

/// HPACK without a table: literal fields (RFC 7541 section 6.2.2), short names and values.
std::string literal(const std::string& name, const std::string& value) {
    return std::string(1, '\0') + static_cast<char>(name.size()) + name +
           static_cast<char>(value.size()) + value;
}

std::string request_head(const std::string& method, const std::string& path) {
    return literal(":method", method) + literal(":scheme", "https") +
           literal(":authority", "mail.one.test") + literal(":path", path);
}

class AttackTest : public ::testing::Test {
  protected:
    static HttpLimits limits() {
        HttpLimits limits;
        limits.handshake_timeout = 300ms;
        limits.header_timeout = 300ms;
        limits.body_grace = 300ms;
        limits.stall_timeout = 300ms;
        limits.idle_timeout = 2000ms;
        limits.min_body_rate = 100'000;
        return limits;
    }

    std::unique_ptr<RawTls> connect() {
        auto raw = std::make_unique<RawTls>(server_.port(), kH2);
        raw->write(kPreface + frame(kSettings, 0, 0, ""));
        return raw;
    }
    void others_are_served() {
        auto reply = server_.post("/echo", to_bytes("still here"));
        ASSERT_TRUE(reply) << reply.error().text();
        EXPECT_EQ(to_text(reply->body), "still here");
    }
    void is_closed(RawTls& raw) { EXPECT_TRUE(raw.read_to_end().has_value()); }
    /// Writes until the server has had enough; false when it never has.
    static bool floods(RawTls& raw, const std::string& octets, int times) {
        for (int i = 0; i < times; ++i)
            if (!raw.write(octets))
                return true;
        return raw.read_to_end().has_value();
    }

    TestServer server_{limits()};
};

TEST_F(AttackTest, silence_instead_of_a_handshake_is_closed) {
    // Half of a ClientHello's record header, on a plain socket.
    RawTcp raw(server_.port());
    raw.write(std::string("\x16\x03\x01", 3));
    others_are_served();
    EXPECT_TRUE(raw.ends());
}

TEST_F(AttackTest, silence_instead_of_a_request_is_closed) {
    RawTls raw(server_.port(), kH2);
    others_are_served();
    is_closed(raw);
}

TEST_F(AttackTest, header_that_never_ends_is_closed) {
    auto raw = connect();
    ASSERT_TRUE(raw->write(frame(kHeaders, 0, 1, request_head("GET", "/echo"))));
    others_are_served();
    is_closed(*raw);
}

TEST_F(AttackTest, dribbled_header_of_http1_is_closed) {
    RawTls raw(server_.port(), "");
    ASSERT_TRUE(raw.write("GET / HTTP/1.1\r\nHost: x\r\n"));
    others_are_served();
    is_closed(raw);
}

TEST_F(AttackTest, dribbled_body_is_answered_408) {
    auto raw = connect();
    raw->write(frame(kHeaders, kEndHeaders, 1, request_head("POST", "/echo")));
    ASSERT_TRUE(raw->write(frame(kData, 0, 1, "slow")));
    others_are_served();
    // The answer's :status is an indexed or literal "408"; then RST_STREAM with NO_ERROR.
    std::string seen = raw->read_until(frame(kReset, 0, 1, number(0)));
    EXPECT_NE(seen.find("too slow"), std::string::npos);
}

TEST_F(AttackTest, dribbled_body_of_http1_is_closed) {
    RawTls raw(server_.port(), "");
    raw.write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    ASSERT_TRUE(raw.write("slow"));
    others_are_served();
    is_closed(raw);
}

TEST_F(AttackTest, rapid_resets_end_the_connection) {
    auto raw = connect();
    std::string burst;
    std::uint32_t stream = 1;
    bool ended = false;
    for (int i = 0; i < 100 && !ended; ++i) {
        burst.clear();
        for (int j = 0; j < 50; ++j, stream += 2)
            burst +=
                frame(kHeaders, kEndHeaders | kEndStream, stream, request_head("GET", "/hold")) +
                frame(kReset, 0, stream, number(8));
        ended = !raw->write(burst);
    }
    EXPECT_TRUE(ended || raw->read_to_end());
    // No more handlers than streams are allowed were ever started at once.
    EXPECT_LE(server_.server->counts().requests_in_progress, 128U);
    others_are_served();
}

TEST_F(AttackTest, continuation_flood_ends_the_connection) {
    auto raw = connect();
    raw->write(frame(kHeaders, 0, 1, request_head("GET", "/echo")));
    EXPECT_TRUE(floods(*raw, frame(kContinuation, 0, 1, literal("x", "y")), 100'000));
    others_are_served();
}

TEST_F(AttackTest, header_list_over_the_limit_is_431) {
    auto raw = connect();
    std::string big = request_head("GET", "/echo");
    for (int i = 0; i < 150; ++i)
        big += literal("name", std::string(100, 'v'));
    ASSERT_LT(big.size(), 16'384U + 4'096U);
    raw->write(frame(kHeaders, 0, 1, big.substr(0, 10'000)) +
               frame(kContinuation, kEndHeaders, 1, big.substr(10'000)));
    std::string seen = raw->read_until(frame(kReset, 0, 1, number(0)));
    EXPECT_NE(seen.find("431"), std::string::npos);
    EXPECT_EQ(server_.server->counts().requests, 0U);
    others_are_served();
}

TEST_F(AttackTest, settings_flood_does_not_hold_memory_or_others) {
    auto raw = connect();
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += frame(kSettings, 0, 0, setting(3, 100));
    // Its acknowledgements are never read: sooner or later the server takes no more.
    EXPECT_TRUE(floods(*raw, many, 2'000));
    others_are_served();
}

TEST_F(AttackTest, ping_flood_does_not_hold_memory_or_others) {
    auto raw = connect();
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += frame(kPing, 0, 0, "12345678");
    EXPECT_TRUE(floods(*raw, many, 2'000));
    others_are_served();
}

TEST_F(AttackTest, answers_that_a_closed_window_keeps_back_are_given_up) {
    auto raw = connect();
    raw->write(frame(kSettings, 0, 0, setting(4, 0)));  // INITIAL_WINDOW_SIZE
    raw->write(frame(kHeaders, kEndHeaders | kEndStream, 1, request_head("GET", "/make?1000000")));
    std::string seen = raw->read_until(frame(kReset, 0, 1, number(8)));
    EXPECT_NE(seen.find(frame(kReset, 0, 1, number(8))), std::string::npos);
    others_are_served();
}

TEST_F(AttackTest, window_overflow_ends_the_connection) {
    auto raw = connect();
    raw->write(frame(kWindowUpdate, 0, 0, number(0x7FFFFFFF)));
    raw->write(frame(kWindowUpdate, 0, 0, number(0x7FFFFFFF)));
    is_closed(*raw);
    others_are_served();
}

TEST_F(AttackTest, more_data_than_the_window_allows_goes_nowhere) {
    auto raw = connect();
    raw->write(frame(kHeaders, kEndHeaders, 1, request_head("POST", "/hold")));
    EXPECT_TRUE(floods(*raw, frame(kData, 0, 1, std::string(16'000, 'x')), 1'000));
    others_are_served();
}

TEST_F(AttackTest, empty_data_frames_cost_nothing_but_time) {
    auto raw = connect();
    raw->write(frame(kHeaders, kEndHeaders, 1, request_head("POST", "/echo")));
    std::string many;
    for (int i = 0; i < 1'000; ++i)
        many += frame(kData, 0, 1, "");
    floods(*raw, many, 10);
    others_are_served();
}

TEST_F(AttackTest, rubbish_is_closed) {
    RawTls raw(server_.port(), kH2);
    EXPECT_TRUE(floods(raw, std::string(10'000, '\xA5'), 10));
    others_are_served();
}

TEST_F(AttackTest, one_network_has_no_more_than_its_share_of_connections) {
    HttpLimits few = limits();
    few.connections_per_prefix = 3;
    few.header_timeout = 5000ms;
    TestServer server(few);
    std::vector<std::unique_ptr<RawTls>> raw;
    for (int i = 0; i < 5; ++i)
        raw.push_back(std::make_unique<RawTls>(server.port(), kH2));
    EXPECT_EQ(server.server->counts().connections, 3U);
    EXPECT_EQ(server.server->counts().connections_refused, 2U);
    raw.clear();
    EXPECT_TRUE(eventually([&] { return server.server->counts().connections == 0; }));
    EXPECT_TRUE(server.get("/make?1"));
}

TEST_F(AttackTest, timeouts_that_are_set_while_it_runs_count_at_once) {
    TestServer server(HttpLimits{});
    const RawTls idle(server.port(), kH2);
    ASSERT_TRUE(eventually([&] { return server.server->counts().connections == 1; }));
    HttpLimits now;
    now.header_timeout = 100ms;
    server.server->set_limits(now);
    EXPECT_TRUE(eventually([&] { return server.server->counts().connections == 0; }));
    EXPECT_TRUE(server.get("/make?1"));
}

TEST_F(AttackTest, more_requests_than_the_server_takes_are_answered_503) {
    HttpLimits few;
    few.requests_in_progress = 1;
    TestServer server(few);
    auto held = std::async(std::launch::async, [&] { return server.get("/hold"); });
    ASSERT_TRUE(eventually([&] { return server.handler->held() == 1; }));
    auto refused = server.get("/make?1");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503U);
    EXPECT_TRUE(refused->headers.find("retry-after"));
    server.handler->release();
    EXPECT_TRUE(held.get());
}

}  // namespace
}  // namespace kith
