#include "protocol/http1_request.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/http1_head.h"

namespace kith::http1 {
namespace {

/// What the machine makes of the text, fed in pieces: "METHOD TARGET|body|" and so on, or the
/// error.
std::string run(const std::string& text, std::size_t piece, std::size_t limit = 16 * 1024) {
    RequestParser parser(limit);
    std::string out;
    auto collect = [&] {
        while (auto event = parser.next_event()) {
            if (auto* request = std::get_if<Request>(&*event))
                out += request->head.method + " " + request->head.target + "|";
            else if (auto* data = std::get_if<Data>(&*event))
                out += as_text(data->bytes);
            else
                out += "|";
        }
    };
    for (std::size_t at = 0; at < text.size(); at += piece) {
        auto fed = parser.feed(as_bytes(std::string_view(text).substr(at, piece)));
        collect();
        while (fed && parser.at_end()) {
            fed = parser.next_request();
            collect();
        }
        if (!fed)
            return out + name_of(fed.error().kind);
    }
    return out;
}

struct Case {
    const char* why;
    std::string text;
    std::string result;
};

const std::string kHost = "Host: one.test\r\n";

TEST(Http1RequestTest, the_same_events_come_however_the_octets_are_split) {
    const Case cases[] = {
        {"no body", "GET /a?b HTTP/1.1\r\n" + kHost + "\r\n", "GET /a?b||"},
        {"empty lines before it", "\r\n\r\n\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", "GET /||"},
        {"a length",
         "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nhello",
         "POST /|hello|"},
        {"two in a row",
         "PUT /1 HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\n" + kHost +
             "\r\n",
         "PUT /1|x|GET /2||"},
        {"chunks",
         "POST / HTTP/1.1\r\n" + kHost +
             "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n4;e=1\r\n all\r\n0\r\nT: 1\r\n\r\n",
         "POST /|hello all|"},
        {"length zero", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", "POST /||"},
    };
    for (const Case& one : cases)
        for (std::size_t piece : {1U, 2U, 3U, 1000U})
            EXPECT_EQ(run(one.text, piece), one.result) << one.why << " in pieces of " << piece;
}

TEST(Http1RequestTest, what_two_parsers_could_read_differently_is_malformed) {
    const std::string post = "POST / HTTP/1.1\r\n" + kHost;
    const Case cases[] = {
        {"lone LF", "GET / HTTP/1.1\nHost: a\r\n\r\n", ""},
        {"lone CR in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", ""},
        {"folding", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", ""},
        {"space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", ""},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", ""},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", ""},
        {"two lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", ""},
        {"length and chunks", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
        {"another coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", ""},
        {"signed length", post + "Content-Length: +1\r\n\r\n", ""},
        {"list of lengths", post + "Content-Length: 1, 1\r\n\r\n", ""},
        {"hex length", post + "Content-Length: 0x1\r\n\r\n", ""},
        {"no version", "GET /\r\nHost: a\r\n\r\n", ""},
        {"HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", ""},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
        {"a whole URL", "GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", ""},
        {"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), ""},
        {"chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
    };
    for (const Case& one : cases)
        for (std::size_t piece : {1U, 1000U})
            EXPECT_EQ(run(one.text, piece), "malformed") << one.why;
}

TEST(Http1RequestTest, malformed_chunks_are_refused) {
    std::string head = "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
    for (const char* chunks :
         {"\r\n", "x\r\n", "123456789\r\n", "-1\r\n", " 1\r\nx\r\n", "1\r\nxx\r\n", "1\nx\r\n\r\n"})
        EXPECT_TRUE(run(head + chunks, 1000).ends_with("malformed")) << chunks;
}

TEST(Http1RequestTest, header_over_the_limit_is_refused_at_the_same_octet_however_split) {
    std::string head = "GET / HTTP/1.1\r\n" + kHost;
    std::string text = head + "\r\n";
    for (std::size_t piece : {1U, 5U, 1000U}) {
        EXPECT_EQ(run(text, piece, head.size() - 2), "GET /||");
        EXPECT_EQ(run(text, piece, head.size() - 3), "limit");
    }
}

TEST(Http1RequestTest, persistence_follows_version_and_connection) {
    auto persistence = [](const std::string& text) {
        return parse_head(text)->request.persistence;
    };
    EXPECT_EQ(persistence("GET / HTTP/1.1\r\nHost: a\r\n"), Persistence::keep_alive);
    EXPECT_EQ(persistence("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n"),
              Persistence::close);
    EXPECT_EQ(persistence("GET / HTTP/1.0\r\n"), Persistence::close);
    EXPECT_EQ(persistence("GET / HTTP/1.0\r\nConnection: keep-alive\r\n"), Persistence::keep_alive);
}

TEST(Http1RequestTest, reply_is_written_with_its_fields) {
    EXPECT_EQ(format_reply({404, {{"content-length", "0"}}}),
              "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
}

}  // namespace
}  // namespace kith::http1
