#include "mail/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mail/message.h"

namespace kith {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Draft draft() {
    Draft out;
    out.from = {"Alice Ä. Müller", "alice@one.test"};
    out.to = {{"", "bob@two.test"}, {"Smith, Carol \"C\"", "carol@three.test"}};
    out.cc = {{"", "dave@four.test"}};
    out.subject = "Grüße";
    out.date = *parse_time("2026-11-23T10:00:00Z");
    out.message_id = "7f2c6a1d@one.test";
    out.text = "Hello Bob,\nhow are you?\n";
    return out;
}

std::string composed(const Draft& from) {
    auto out = compose(from);
    EXPECT_TRUE(out) << out.error().text();
    return out ? *out : std::string();
}

MessageView read_back(const Draft& from) {
    auto view = parse_message(composed(from));
    EXPECT_TRUE(view);
    return *std::move(view);
}

std::string where_of(const Draft& bad) {
    auto out = compose(bad);
    EXPECT_FALSE(out);
    return out ? "" : out.error().where;
}

std::string header_of(const std::string& message) {
    return message.substr(0, message.find("\r\n\r\n") + 2);
}

TEST(Compose, what_is_written_reads_back) {
    Draft from = draft();
    from.in_reply_to = "a@x";
    from.references = {"r1@x", "r2@x"};
    const MessageView view = read_back(from);
    EXPECT_EQ(view.from(), std::vector<MailAddress>{from.from});
    EXPECT_EQ(view.to(), from.to);
    EXPECT_EQ(view.cc(), from.cc);
    EXPECT_EQ(view.subject(), from.subject);
    EXPECT_EQ(view.date(), from.date);
    EXPECT_EQ(view.message_id(), from.message_id);
    EXPECT_EQ(view.in_reply_to(), from.in_reply_to);
    EXPECT_EQ(view.references(), from.references);
    EXPECT_EQ(view.text(), from.text);
    EXPECT_TRUE(view.attachments().empty());
}

TEST(Compose, every_line_ends_in_crlf_and_is_short_ascii) {
    Draft from = draft();
    from.subject = std::string(300, 'x') + " ü " + std::string(300, 'y');
    from.text = "mixed\r\nline\rends\nand " + std::string(5000, 'z') + " ü\n\nFrom here\n. \n";
    from.attachments = {{"größe.txt", "", to_bytes("octets\n\xFF")}};
    const std::string message = composed(from);
    std::size_t line = 0;
    for (std::size_t i = 0; i < message.size(); ++i) {
        ASSERT_LT(static_cast<unsigned char>(message[i]), 0x80);
        if (message[i] == '\n')
            ASSERT_EQ(message[i - 1], '\r') << i;
        if (message[i] == '\r')
            ASSERT_EQ(message[i + 1], '\n') << i;
        line = message[i] == '\n' ? 0 : line + 1;
        ASSERT_LE(line, 998U);
    }
    EXPECT_EQ(read_back(from).text(),
              "mixed\nline\nends\nand " + std::string(5000, 'z') + " ü\n\nFrom here\n. \n");
    EXPECT_EQ(read_back(from).subject(), from.subject);
}

TEST(Compose, attachments_come_back_octet_for_octet) {
    Draft from = draft();
    Bytes all(256 * 40);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::uint8_t>(i);
    from.attachments = {{"a.pdf", "", all},
                        {"../../etc/passwd", "text/x-odd", to_bytes("x")},
                        {"übersicht – 2026.png", "", {}},
                        {"mail.eml", "message/rfc822", to_bytes("Subject: x\n\ny\n")}};
    const MessageView view = read_back(from);
    ASSERT_EQ(view.attachments().size(), 4U);
    EXPECT_EQ(view.attachments()[0].name, "a.pdf");
    EXPECT_EQ(view.attachments()[0].type, "application/pdf");
    EXPECT_EQ(*view.attachment(0), all);
    EXPECT_EQ(view.attachments()[1].name, "passwd");
    EXPECT_EQ(view.attachments()[1].type, "text/x-odd");
    EXPECT_EQ(view.attachments()[2].name, "übersicht – 2026.png");
    EXPECT_TRUE(view.attachment(2)->empty());
    EXPECT_EQ(view.attachments()[3].type, "application/octet-stream");
    EXPECT_EQ(to_text(*view.attachment(3)), "Subject: x\n\ny\n");
    EXPECT_EQ(view.text(), from.text);
    EXPECT_EQ(view.attachment(4).error().kind, ErrorKind::not_found);
}

TEST(Compose, same_draft_gives_same_octets) {
    Draft from = draft();
    from.attachments = {{"a", "", to_bytes("x")}};
    EXPECT_EQ(composed(from), composed(from));
}

TEST(Compose, further_headers_stand_in_the_header) {
    Draft from = draft();
    from.headers = {{"Auto-Submitted", "auto-replied"}, {"X-Note", "größer"}};
    EXPECT_THAT(header_of(composed(from)), HasSubstr("Auto-Submitted: auto-replied\r\n"));
    EXPECT_THAT(header_of(composed(from)), HasSubstr("X-Note: =?"));
}

TEST(Compose, bcc_and_own_headers_cannot_be_given) {
    for (const char* const name : {"Bcc", "bcc", "Resent-Bcc", "From", "Content-Type", "DATE"}) {
        Draft from = draft();
        from.headers = {{name, "x@y.test"}};
        EXPECT_EQ(where_of(from), "draft: headers") << name;
    }
    EXPECT_THAT(composed(draft()), Not(HasSubstr("Bcc")));
}

TEST(Compose, nothing_breaks_out_of_its_field) {
    Draft from = draft();
    from.subject = "x\r\nBcc: eve@evil.test";
    EXPECT_EQ(where_of(from), "draft: subject");
    from = draft();
    from.from.name = "x\nBcc: eve@evil.test";
    EXPECT_EQ(where_of(from), "draft: from");
    from = draft();
    from.to[0].email = "bob@two.test>, <eve@evil.test";
    EXPECT_EQ(where_of(from), "draft: to");
    from = draft();
    from.cc[0].email = "no-at-sign";
    EXPECT_EQ(where_of(from), "draft: cc");
    from = draft();
    from.message_id = "a>\r\nX: y";
    EXPECT_EQ(where_of(from), "draft: message_id");
    from = draft();
    from.references = {"a b"};
    EXPECT_EQ(where_of(from), "draft: references");
    from = draft();
    from.headers = {{"X-Odd:", "y"}};
    EXPECT_EQ(where_of(from), "draft: headers");
    from = draft();
    from.headers = {{"X-Odd", "y\nz"}};
    EXPECT_EQ(where_of(from), "draft: headers");
    from = draft();
    from.text = "\xFF";
    EXPECT_EQ(where_of(from), "draft: text");
}

TEST(Compose, empty_text_and_no_recipients_are_a_message) {
    Draft from = draft();
    from.to.clear();
    from.cc.clear();
    from.subject.clear();
    from.text.clear();
    EXPECT_EQ(read_back(from).text(), "");
    EXPECT_TRUE(read_back(from).to().empty());
}

TEST(Compose, more_than_500_addresses_are_too_many) {
    Draft from = draft();
    from.to.assign(501, {"", "bob@two.test"});
    EXPECT_EQ(compose(from).error().kind, ErrorKind::limit);
}

TEST(MediaType, goes_by_the_ending_in_any_case) {
    EXPECT_EQ(media_type_of("Holiday.JPG"), "image/jpeg");
    EXPECT_EQ(media_type_of("a.tar.gz"), "application/gzip");
    EXPECT_EQ(media_type_of("README"), "application/octet-stream");
    EXPECT_EQ(media_type_of("x.unheard-of"), "application/octet-stream");
}

}  // namespace
}  // namespace kith
