#include "mail/preview.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "mail/strip_bcc.h"

namespace kith {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += piece;
    return out;
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        text.remove_prefix(first_characters(text, 1).size());
        ++count;
    }
    return count;
}

TEST(Preview, is_subject_line_feed_and_beginning_of_the_text) {
    EXPECT_EQ(make_preview("Lunch?", "Hi Bob,\r\n\r\n  shall we\tmeet?\n"),
              "Lunch?\nHi Bob, shall we meet?");
    EXPECT_EQ(make_preview("", ""), "\n");
}

TEST(Preview, is_cut_at_280_characters) {
    const std::string preview = make_preview("Subject", repeated("ü", 1000));
    EXPECT_EQ(characters(preview), 280U);
    EXPECT_EQ(characters(make_preview(repeated("s", 1000), "text")), 280U);
}

TEST(Preview, is_cut_at_1024_octets_never_inside_a_character) {
    for (const std::string_view piece : {"😀", "€", "ü"}) {
        for (std::size_t pad = 0; pad < 4; ++pad) {
            const std::string preview =
                make_preview(std::string(pad, 'x') + repeated(piece, 200), repeated(piece, 200));
            EXPECT_LE(preview.size(), kMaxPreviewOctets);
            EXPECT_LE(characters(preview), kMaxPreviewCharacters);
            EXPECT_TRUE(is_utf8(preview));
        }
    }
}

TEST(Preview, holds_no_control_characters) {
    EXPECT_EQ(make_preview("a\x1b[2Jb", "c\u202Ed\xFF"), "a\uFFFD[2Jb\nc\uFFFDd\uFFFD");
    const Preview read = read_preview("x\x07\ny\nz");
    EXPECT_EQ(read.subject, "x\uFFFD");
    EXPECT_EQ(read.text, "y\uFFFDz");
}

TEST(Preview, what_is_made_reads_back) {
    const Preview read = read_preview(make_preview("Lunch?", "Hi Bob"));
    EXPECT_EQ(read.subject, "Lunch?");
    EXPECT_EQ(read.text, "Hi Bob");
    EXPECT_EQ(read_preview("subject alone").text, "");
}

TEST(StripBcc, removes_the_field_with_its_continuations_and_nothing_else) {
    EXPECT_EQ(strip_bcc("From: a@x\r\nBcc: b@x,\r\n\tc@x\r\n d@x\r\nTo: e@x\r\n\r\nBcc: body\r\n"),
              "From: a@x\r\nTo: e@x\r\n\r\nBcc: body\r\n");
    EXPECT_EQ(strip_bcc("bcc : b@x\nTo: e@x\nRESENT-BCC: f@x\n g\n\nhi"), "To: e@x\n\nhi");
}

TEST(StripBcc, leaves_a_message_without_it_alone) {
    for (const std::string_view message : {"",
                                           "\n",
                                           "\r\n\r\n",
                                           "To: a@x",
                                           "X-Bcc: a@x\n\n",
                                           "To: a@x\n bcc: not a field\n\nb\0c",
                                           "Bcc-Like: x\nSubject: Bcc: y\n\n"})
        EXPECT_EQ(strip_bcc(message), message);
}

TEST(StripBcc, works_where_the_body_is_missing) {
    EXPECT_EQ(strip_bcc("Bcc: a@x"), "");
    EXPECT_EQ(strip_bcc("To: b@x\nBcc: a@x\n"), "To: b@x\n");
}

}  // namespace
}  // namespace kith
