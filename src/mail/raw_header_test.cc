#include <gtest/gtest.h>

#include "mail/raw_header.h"

namespace kith {
namespace {

std::string why_not(std::string block, const RawHeaderLimits& limits = {}) {
    const auto header = RawHeader::parse(std::move(block), limits);
    return header ? "accepted" : header.error().text();
}

TEST(RawHeader, fields_keep_every_octet) {
    const auto header =
        RawHeader::parse("From: alice@one.test\r\nSubject : two\r\n\t words \r\nX:\r\n");
    ASSERT_TRUE(header);
    ASSERT_EQ(header->fields().size(), 3U);
    EXPECT_EQ(header->fields()[1].name, "Subject");
    EXPECT_EQ(header->fields()[1].value, " two\r\n\t words ");
    EXPECT_EQ(header->fields()[1].whole, "Subject : two\r\n\t words \r\n");
    EXPECT_EQ(header->fields()[2].value, "");
}

TEST(RawHeader, the_views_outlive_the_header_they_came_from_while_a_copy_lives) {
    auto header = RawHeader::parse("From: a@one.test\r\n");
    const RawHeader copy = *header;
    header = RawHeader::parse("To: b@two.test\r\n");
    EXPECT_EQ(copy.only("from")->value, " a@one.test");
}

TEST(RawHeader, fields_are_counted_whatever_the_case_of_their_name) {
    const auto header = RawHeader::parse("From: a\r\nfROM: b\r\nFromage: c\r\n");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->count("from"), 2U);
    EXPECT_EQ(header->only("from"), nullptr);
    EXPECT_EQ(header->all("from")[1]->value, " b");
    EXPECT_EQ(header->only("fromage")->value, " c");
    EXPECT_EQ(header->only("to"), nullptr);
}

TEST(RawHeader, line_ends_other_than_crlf_are_refused) {
    for (const char* block : {"A: b\n", "A: b\r", "A: b\rc\r\n", "A: b\nC: d\r\n", "A: b\r\n c\n"})
        EXPECT_EQ(why_not(block), "header: has a line end that is not CRLF (malformed)") << block;
    EXPECT_EQ(why_not("A: b"), "header: the last line has no end (malformed)");
    EXPECT_EQ(why_not(std::string("A: \0\r\n", 6)), "header: has a NUL (malformed)");
}

TEST(RawHeader, what_is_no_field_is_refused) {
    EXPECT_EQ(why_not("From alice\r\n"), "header: a line is no field (malformed)");
    EXPECT_EQ(why_not(" A: b\r\n"), "header: begins with a continuation (malformed)");
    EXPECT_EQ(why_not(": b\r\n"), "header: a field's name is no name (malformed)");
    EXPECT_EQ(why_not("A B: c\r\n"), "header: a field's name is no name (malformed)");
    EXPECT_EQ(why_not("\xC3\xA4: c\r\n"), "header: a field's name is no name (malformed)");
    EXPECT_EQ(why_not("A\r\n : b\r\n"), "header: a field's name is no name (malformed)");
}

TEST(RawHeader, more_than_the_limits_is_refused) {
    EXPECT_EQ(why_not("A: b\r\n", {.octets = 5}), "header: is longer than allowed (limit)");
    EXPECT_EQ(why_not("A: b\r\nC: d\r\n", {.fields = 1}),
              "header: has more fields than allowed (limit)");
    EXPECT_EQ(why_not("A: b\r\n c\r\n", {.field_octets = 9}),
              "header: a field is longer than allowed (limit)");
    EXPECT_EQ(why_not("A: b\r\n c\r\n", {.octets = 10, .field_octets = 10, .fields = 1}),
              "accepted");
}

TEST(RawHeader, the_body_begins_behind_the_first_empty_line) {
    EXPECT_EQ(body_offset("A: b\r\n\r\nbody"), 8U);
    EXPECT_EQ(body_offset("\r\nbody"), 2U);
    EXPECT_EQ(body_offset("A: b\r\n\n"), std::nullopt);
    EXPECT_EQ(body_offset("A: b\r\n\r"), std::nullopt);
}

}  // namespace
}  // namespace kith
