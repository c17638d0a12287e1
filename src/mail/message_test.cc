#include "mail/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/html_text.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

MessageView parsed(std::string_view octets) {
    auto view = parse_message(octets);
    EXPECT_TRUE(view) << octets;
    return *std::move(view);
}

std::string names_of(const MessageView& view) {
    std::string names;
    for (const AttachmentInfo& info : view.attachments())
        names += (names.empty() ? "" : ", ") + info.name;
    return names;
}

constexpr std::string_view kHead = "From: a@one.test\nMIME-Version: 1.0\n";

std::string mixed(const std::string& parts) {
    return std::string(kHead) + "Content-Type: multipart/mixed; boundary=b\n\n" + parts + "--b--\n";
}

TEST(Message, header_fields_are_decoded) {
    const MessageView view = parsed(
        "From: =?utf-8?q?J=C3=BCrgen?= <j@one.test>\r\n"
        "To: Friends: a@x.test, \"B, C\" <b@x.test>;, d@x.test\r\n"
        "Subject: =?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?b?IGFuIGFsbGU=?=\r\n"
        "Date: Mon, 23 Nov 2026 11:00:00 +0100\r\n"
        "Message-ID: <m1@one.test>\r\n"
        "In-Reply-To: <m0@two.test> (yours)\r\n"
        "References: <r1@x>\r\n <r2@x>\r\n"
        "\r\nhi\r\n");
    EXPECT_THAT(view.from(), ElementsAre(MailAddress{"Jürgen", "j@one.test"}));
    EXPECT_THAT(view.to(),
                ElementsAre(MailAddress{"", "a@x.test"},
                            MailAddress{"B, C", "b@x.test"},
                            MailAddress{"", "d@x.test"}));
    EXPECT_EQ(view.subject(), "Grüße an alle");
    EXPECT_EQ(view.date(), *parse_time("2026-11-23T10:00:00Z"));
    EXPECT_EQ(view.message_id(), "m1@one.test");
    EXPECT_EQ(view.in_reply_to(), "m0@two.test");
    EXPECT_THAT(view.references(), ElementsAre("r1@x", "r2@x"));
    EXPECT_EQ(view.text(), "hi\n");
}

TEST(Message, absent_fields_are_empty) {
    const MessageView view = parsed("Subject: x\n\n");
    EXPECT_THAT(view.from(), IsEmpty());
    EXPECT_EQ(view.date(), std::nullopt);
    EXPECT_EQ(view.message_id(), "");
    EXPECT_EQ(view.text(), "");
}

TEST(Message, text_is_decoded_from_its_charset_and_encoding) {
    EXPECT_EQ(parsed(std::string(kHead) +
                     "Content-Type: text/plain; charset=iso-8859-1\n"
                     "Content-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe=\n!\n")
                  .text(),
              "Grüße!\n");
    EXPECT_EQ(parsed(std::string(kHead) + "Content-Type: text/plain; charset=utf-8\n"
                                          "Content-Transfer-Encoding: base64\n\naGkK\n")
                  .text(),
              "hi\n");
}

TEST(Message, ill_formed_text_is_replaced_not_refused) {
    const MessageView view = parsed(std::string(kHead) +
                                    "Subject: \xFF\xFE\nContent-Type: text/plain; charset=no-such"
                                    "\n\n\xFFok\n");
    EXPECT_THAT(view.text(), HasSubstr("ok"));
}

TEST(Message, plain_text_is_preferred_to_html) {
    const MessageView view = parsed(std::string(kHead) +
                                    "Content-Type: multipart/alternative; boundary=b\n\n"
                                    "--b\nContent-Type: text/html\n\n<b>rich</b>\n"
                                    "--b\nContent-Type: text/plain\n\nplain\n--b--\n");
    EXPECT_EQ(view.text(), "plain");
    EXPECT_EQ(view.text_from(), MessageView::TextFrom::plain);
    EXPECT_THAT(view.attachments(), IsEmpty());
}

TEST(Message, html_alone_is_stripped_to_text) {
    const MessageView view = parsed(
        std::string(kHead) + "Content-Type: text/html; charset=utf-8\n\n<p>One &amp; two</p>\n");
    EXPECT_EQ(view.text(), "One & two");
    EXPECT_EQ(view.text_from(), MessageView::TextFrom::html);
    EXPECT_THAT(view.attachments(), IsEmpty());
}

TEST(Message, html_beside_plain_text_is_not_lost) {
    const MessageView view = parsed(mixed("--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>x\n"));
    EXPECT_EQ(view.text(), "plain");
    EXPECT_EQ(view.attachments().size(), 1U);
}

TEST(Message, several_plain_parts_are_one_text) {
    EXPECT_EQ(parsed(mixed("--b\n\none\n--b\n\ntwo\n")).text(), "one\ntwo");
}

TEST(Message, text_with_a_file_name_is_an_attachment) {
    const MessageView view =
        parsed(mixed("--b\n\nhello\n--b\nContent-Type: text/plain; name=\"a.txt\"\n\nfile\n"
                     "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nmore\n"));
    EXPECT_EQ(view.text(), "hello");
    EXPECT_EQ(names_of(view), "a.txt, attachment");
    EXPECT_EQ(to_text(*view.attachment(0)), "file");
}

TEST(Message, message_in_the_message_is_a_file) {
    const MessageView view = parsed(
        mixed("--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nhidden\n"));
    EXPECT_EQ(view.text(), "see below");
    EXPECT_EQ(names_of(view), "inner.eml");
    EXPECT_EQ(to_text(*view.attachment(0)), "Subject: inner\n\nhidden");
}

TEST(Message, file_names_are_safe_and_unique) {
    const std::string file =
        "--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=";
    const MessageView view = parsed(mixed(file + "\"../../A.png\"\n\nx\n" + file + "a.png\n\ny\n" +
                                          file + "\"C:\\\\x\\\\a.png\"\n\nz\n"));
    EXPECT_EQ(names_of(view), "A.png, a-2.png, a-3.png");
}

TEST(Message, deep_nesting_is_refused) {
    const auto nested = [](int levels) {
        std::string text(kHead);
        for (int i = 0; i < levels; ++i)
            text += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
                    std::to_string(i) + "\n";
        return text + "\nhi\n";
    };
    EXPECT_TRUE(parse_message(nested(63)));
    const auto deep = parse_message(nested(65));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().where, "message: nesting");
    EXPECT_FALSE(parse_message(nested(20'000)));
}

TEST(Message, nested_messages_count_as_levels) {
    std::string text(kHead);
    for (int i = 0; i < 65; ++i)
        text += "Content-Type: message/rfc822\n\n";
    const auto deep = parse_message(text + "\nhi\n");
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().where, "message: nesting");
}

TEST(Message, too_many_parts_are_refused) {
    std::string parts;
    for (int i = 0; i < 101; ++i)
        parts += "--b\n\nx\n";
    const auto view = parse_message(mixed(parts), {.parts = 100});
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().where, "message: parts");
}

TEST(Message, too_large_and_headless_ones_are_refused) {
    EXPECT_EQ(
        parse_message("Subject: x\n\n" + std::string(100, 'x'), {.octets = 100}).error().where,
        "message: size");
    EXPECT_EQ(parse_message("X: " + std::string(200, 'x'), {.header_octets = 100}).error().where,
              "message: header");
    EXPECT_FALSE(parse_message(""));
    EXPECT_FALSE(parse_message("\n\nbody alone\n"));
}

TEST(Message, text_is_cut_at_its_limit) {
    const auto view = parse_message("Subject: x\n\n" + std::string(100, 'x'), {.text_octets = 10});
    ASSERT_TRUE(view);
    EXPECT_EQ(view->text(), std::string(10, 'x'));
}

std::vector<HeaderWarning> warnings(const std::string& header) {
    return header_warnings(parsed(header + "\n\nhi\n"), "alice@one.test", "bob@two.test");
}

TEST(HeaderWarnings, none_when_the_message_says_what_the_stub_says) {
    EXPECT_THAT(warnings("From: Alice <ALICE@One.test>\nTo: x@y.test\nCc: Bob@two.test"),
                IsEmpty());
    EXPECT_THAT(warnings("From: alice@one.test\nTo: bob+news@two.test"), IsEmpty());
}

TEST(HeaderWarnings, another_from_several_or_none_differ) {
    for (const char* const header : {"From: eve@one.test\nTo: bob@two.test",
                                     "From: alice@one.test, eve@one.test\nTo: bob@two.test",
                                     "From: \"alice@one.test\" <eve@evil.test>\nTo: bob@two.test",
                                     "To: bob@two.test"})
        EXPECT_THAT(warnings(header), ElementsAre(HeaderWarning::from_differs)) << header;
}

TEST(HeaderWarnings, recipient_who_is_not_named_is_told) {
    EXPECT_THAT(warnings("From: alice@one.test\nTo: carol@two.test"),
                ElementsAre(HeaderWarning::not_named));
    EXPECT_THAT(warnings("From: alice@one.test"), ElementsAre(HeaderWarning::not_named));
}

TEST(SafeFileName, has_neither_path_nor_control_characters) {
    EXPECT_EQ(safe_file_name("report.pdf"), "report.pdf");
    EXPECT_EQ(safe_file_name("/etc/passwd"), "passwd");
    EXPECT_EQ(safe_file_name("..\\..\\boot.ini"), "boot.ini");
    EXPECT_EQ(safe_file_name(".bashrc"), "bashrc");
    EXPECT_EQ(safe_file_name(".."), "attachment");
    EXPECT_EQ(safe_file_name("a/"), "attachment");
    EXPECT_EQ(safe_file_name(""), "attachment");
    EXPECT_EQ(safe_file_name("a\nb\x1b[2J"), "a\uFFFDb\uFFFD[2J");
    EXPECT_EQ(safe_file_name("x\u202Egnp.exe"), "x\uFFFDgnp.exe");
    EXPECT_EQ(safe_file_name("a:b?.txt"), "a_b_.txt");
    EXPECT_EQ(safe_file_name("con.txt"), "_con.txt");
    EXPECT_EQ(safe_file_name("LPT1"), "_LPT1");
    EXPECT_EQ(safe_file_name("console.txt"), "console.txt");
    EXPECT_EQ(safe_file_name("\xFF.txt"), "\uFFFD.txt");
}

TEST(SafeFileName, long_names_keep_their_ending) {
    const std::string name = safe_file_name(std::string(300, 'a') + "ü.pdf");
    EXPECT_LE(name.size(), 200U);
    EXPECT_TRUE(name.ends_with("a.pdf"));
}

TEST(HtmlText, keeps_words_lines_and_entities) {
    EXPECT_EQ(
        html_to_text("<html><head><title>t</title><style>b{}</style></head><body>"
                     "<h1>Hello</h1>  <p>a <b>b</b>\n c &lt;d&gt; &#8364; &#x20AC; &nbsp;e</p>"
                     "<script>alert(1)</script><ul><li>one<li>two</ul></body>"),
        "Hello\n\na b c <d> € € e\n\none\ntwo");
    EXPECT_EQ(html_to_text("a<br>b<!-- <p>c</p> -->d"), "a\nbd");
}

TEST(HtmlText, what_is_broken_does_no_harm) {
    EXPECT_EQ(html_to_text("a < b"), "a");
    EXPECT_EQ(html_to_text("a &nosuch; &amp b &#xD800; &#99999999999999999999;"),
              "a &nosuch; &amp b &#99999999999999999999;");
    EXPECT_EQ(html_to_text("<script>never closed"), "");
    EXPECT_EQ(html_to_text("<style>x</styl"), "");
}

}  // namespace
}  // namespace kith
