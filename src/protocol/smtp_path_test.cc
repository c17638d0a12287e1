#include "protocol/smtp_path.h"

#include <gtest/gtest.h>

#include "protocol/smtp_envelope.h"

namespace kith::smtp {
namespace {

std::string mailbox(std::string_view text, Utf8 utf8 = Utf8::allowed) {
    const auto parsed = Mailbox::parse(text, utf8);
    return parsed ? parsed->text() : name_of(parsed.error().kind);
}

TEST(SmtpPath, the_domain_is_normal_and_the_local_part_as_it_came) {
    EXPECT_EQ(mailbox("Bob@Two.TEST"), "Bob@two.test");
    EXPECT_EQ(mailbox("a@B\xC3\xBC"
                      "cher.test"),
              "a@xn--bcher-kva.test");
    EXPECT_EQ(mailbox("!#$%&'*+-/=?^_`{|}~@two.test"), "!#$%&'*+-/=?^_`{|}~@two.test");
}

TEST(SmtpPath, quotes_are_kept_where_they_are_needed) {
    EXPECT_EQ(mailbox("\"bob\"@two.test"), "bob@two.test");
    EXPECT_EQ(mailbox("\"b\\ob\"@two.test"), "bob@two.test");
    EXPECT_EQ(mailbox("\"a@b\"@two.test"), "\"a@b\"@two.test");
    EXPECT_EQ(mailbox("\"a\\\"\\\\\"@two.test"), "\"a\\\"\\\\\"@two.test");
    EXPECT_EQ(mailbox("\"\"@two.test"), "\"\"@two.test");
    EXPECT_EQ(mailbox("\"a..b\"@two.test"), "\"a..b\"@two.test");
}

TEST(SmtpPath, what_is_no_mailbox_is_malformed) {
    for (const char* wrong : {"",
                              "@",
                              "a",
                              "a@",
                              "@two.test",
                              ".a@two.test",
                              "a.@two.test",
                              "a..b@two.test",
                              "a b@two.test",
                              "\"a@two.test",
                              "\"a\"b@two.test",
                              "\"a\x01\"@two.test",
                              "a@two..test",
                              "a@-two.test",
                              "a@two.test.",
                              "a@[]",
                              "a@[1.2.3.4.5]",
                              "a@[IPv6:]",
                              "a@[tag:x]",
                              "a@[1.2.3.4",
                              "a@\xFF.test",
                              "a@127.0.0.1",
                              "a(b)@two.test",
                              "a@two.test\r\n"})
        EXPECT_EQ(mailbox(wrong), "malformed") << wrong;
}

TEST(SmtpPath, length_and_utf8_have_errors_of_their_own) {
    EXPECT_EQ(mailbox(std::string(245, 'a') + "@two.test"), std::string(245, 'a') + "@two.test");
    EXPECT_EQ(mailbox(std::string(246, 'a') + "@two.test"), "limit");
    EXPECT_EQ(mailbox("\xC3\xBC@two.test", Utf8::refused), "denied");
    EXPECT_TRUE(Mailbox::parse("\xC3\xBC@two.test", Utf8::allowed)->needs_utf8());
    EXPECT_FALSE(Mailbox::parse("u@b\xC3\xBC"
                                "cher.test",
                                Utf8::allowed)
                     ->needs_utf8());
}

TEST(SmtpPath, a_path_is_taken_off_the_front) {
    std::string_view text = "<@x.test:\"a>b\"@two.test> SIZE=1";
    const auto taken = take_forward_path(text, Utf8::refused);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->text(), "\"a>b\"@two.test");
    EXPECT_EQ(text, " SIZE=1");
    std::string_view null = "<>";
    EXPECT_TRUE(take_reverse_path(null, Utf8::refused)->empty());
    null = "<>";
    EXPECT_FALSE(take_forward_path(null, Utf8::refused));
    EXPECT_EQ(null, "<>") << "unchanged on failure";
    std::string_view postmaster = "<PostMaster>";
    EXPECT_EQ(take_forward_path(postmaster, Utf8::refused)->text(), "postmaster");
    for (const std::string_view wrong :
         {"<@x.test>", "<@:a@two.test>", "<@x.test,y.test:a@two.test>"}) {
        std::string_view rest = wrong;
        EXPECT_FALSE(take_forward_path(rest, Utf8::refused)) << wrong;
    }
}

std::string target(std::string_view text) {
    const auto found = target_of(*Mailbox::parse(text, Utf8::allowed));
    return found ? found->text() : "none";
}

TEST(SmtpPath, an_account_may_be_meant) {
    EXPECT_EQ(target("Bob+Token@Two.test"), "bob+token@two.test");
    EXPECT_EQ(target_of(*Mailbox::parse("bob+t@two.test", Utf8::refused))->sub, "t");
    EXPECT_EQ(target("\"bob\"@two.test"), "bob@two.test");
    EXPECT_EQ(target("\"a@b\"@two.test"), "none");
    EXPECT_EQ(target("bob@[192.0.2.1]"), "none");
    EXPECT_EQ(target("\xC3\xBC@two.test"), "none");
    EXPECT_EQ(target("o'hara@two.test"), "none");
    std::string_view postmaster = "<Postmaster>";
    EXPECT_FALSE(target_of(*take_forward_path(postmaster, Utf8::refused)));
}

TEST(SmtpEnvelope, xtext_is_decoded_and_encoded) {
    EXPECT_EQ(encode_xtext("a+b=c d\n"), "a+2Bb+3Dc+20d+0A");
    EXPECT_EQ(*decode_xtext("a+2Bb+3Dc"), "a+b=c");
    for (const char* wrong : {"+", "+2", "+2b", "+GG", "a=b", "a b"})
        EXPECT_FALSE(decode_xtext(wrong)) << wrong;
}

TEST(SmtpEnvelope, parameters_read_back_as_they_are_written) {
    for (const char* text : {"",
                             " SIZE=0",
                             " SIZE=5 BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=FULL ENVID=x AUTH=<>",
                             " AUTH=a+3Db"}) {
        const auto parsed = parse_mail_parameters(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(format_parameters(*parsed), text);
    }
    for (const char* text : {"",
                             " NOTIFY=NEVER",
                             " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a",
                             " ORCPT=utf-8;\\x{FC}@two.test"}) {
        const auto parsed = parse_rcpt_parameters(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(format_parameters(*parsed), text);
    }
}

TEST(SmtpEnvelope, parameters_that_are_none_are_refused) {
    for (const char* text : {"SIZE=1",
                             " =1",
                             " SIZE=",
                             " -A=1",
                             " SIZE=01",
                             " RET=ALL",
                             " RET",
                             " BODY=x",
                             " ENVID=",
                             " ENVID=+0A",
                             " AUTH",
                             " REQUIRETLS=1",
                             " SIZE=1 size=2",
                             " A=\xC3\xBC",
                             " SIZE=999999999999999999999"})
        EXPECT_FALSE(parse_mail_parameters(text)) << text;
    for (const char* text : {" NOTIFY=",
                             " NOTIFY",
                             " NOTIFY=NEVER,FAILURE",
                             " NOTIFY=DELAY,DELAY",
                             " ORCPT=",
                             " ORCPT=rfc822",
                             " ORCPT=;a",
                             " ORCPT=rfc822;",
                             " ORCPT=rfc822;a=b",
                             " RET=FULL"})
        EXPECT_FALSE(parse_rcpt_parameters(text)) << text;
    EXPECT_EQ(parse_mail_parameters(" FOO=1").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace kith::smtp
