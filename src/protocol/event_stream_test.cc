#include "protocol/event_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace kith {
namespace {

std::vector<ServerEvent> parse(std::string_view text, std::size_t piece) {
    EventStreamParser parser;
    std::vector<ServerEvent> events;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        EXPECT_TRUE(parser.feed(as_bytes(text.substr(at, piece))));
        while (auto event = parser.next_event())
            events.push_back(*event);
    }
    return events;
}

TEST(EventStreamTest, written_events_are_read_back_however_split) {
    const std::vector<ServerEvent> events = {
        {"state", "{\"a\":1}", "7"}, {"message", "two\nlines", "7"}, {"ping", "", "8"}};
    std::string text;
    for (const ServerEvent& event : events)
        text += format_event(event);
    for (std::size_t piece : {1U, 2U, 1000U})
        EXPECT_EQ(parse(text, piece), events);
}

TEST(EventStreamTest, every_line_end_comment_and_unknown_field_is_understood) {
    std::string text =
        "\xEF\xBB\xBF: hello\rdata: one\r\ndata:two\nretry: 10\nwhat\n\r\nevent: x\n\n";
    for (std::size_t piece : {1U, 3U, 1000U}) {
        auto events = parse(text, piece);
        ASSERT_EQ(events.size(), 1U);  // an event without data is none
        EXPECT_EQ(events[0], (ServerEvent{"message", "one\ntwo", ""}));
    }
}

TEST(EventStreamTest, event_over_the_limit_is_refused) {
    EventStreamParser parser;
    std::string line = "data: " + std::string(100'000, 'x') + "\n";
    Result<void> fed;
    for (int i = 0; i < 11 && fed; ++i)
        fed = parser.feed(as_bytes(line));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith
