#include "mailauth/authentication_results.h"

#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

AuthenticationResults read(std::string_view body) {
    auto results = parse_authentication_results(body);
    EXPECT_TRUE(results) << body << ": " << results.error().text();
    return results ? *results : AuthenticationResults{};
}

// RFC 8601 appendix B.
TEST(AuthenticationResults, the_examples_of_rfc_8601_are_read) {
    EXPECT_EQ(read(" example.org 1; none"), (AuthenticationResults{"example.org", {}}));
    EXPECT_EQ(read(" example.com;\r\n  spf=pass smtp.mailfrom=example.net"),
              (AuthenticationResults{
                  "example.com", {{"spf", "pass", "", {{"smtp", "mailfrom", "example.net"}}}}}));
    EXPECT_EQ(
        read(" example.com;\r\n  auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n"
             "  spf=pass smtp.mailfrom=example.net"),
        (AuthenticationResults{"example.com",
                               {{"auth", "pass", "", {{"smtp", "auth", "sender@example.net"}}},
                                {"spf", "pass", "", {{"smtp", "mailfrom", "example.net"}}}}}));
    EXPECT_EQ(
        read(" foo.example.net (foobar) 1 (baz);\r\n"
             "    dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
             "      policy (A dot can go here) . (like that) expired\r\n"
             "      (this surprised me) = (as I wasn't expecting it) 1362471462"),
        (AuthenticationResults{"foo.example.net",
                               {{"dkim", "fail", "", {{"policy", "expired", "1362471462"}}}}}));
}

TEST(AuthenticationResults, quoted_words_reasons_and_comments_are_read) {
    EXPECT_EQ(read("\"mx two\"; dkim=FAIL reason=\"bad \\\"key\\\"\" header.b=ab+/=; ;"),
              (AuthenticationResults{
                  "mx two", {{"dkim", "fail", "bad \"key\"", {{"header", "b", "ab+/="}}}}}));
}

TEST(AuthenticationResults, what_is_no_such_field_is_refused) {
    for (const char* body : {"",
                             " ",
                             ";",
                             "(no end",
                             "\"no end",
                             "id 2; none",
                             "id; spf",
                             "id; =x",
                             "id; spf=pass =x",
                             "id; spf=pass mailfrom=x",
                             "id; spf=pass reason",
                             "id; spf=",
                             "id; s.f=pass",
                             "id; spf=pass smtp.=x",
                             "id; spf=pass smtp.a.b=x"})
        EXPECT_FALSE(parse_authentication_results(body)) << body;
    EXPECT_EQ(parse_authentication_results(std::string(20'000, 'a')).error().kind,
              ErrorKind::limit);
    std::string many = "id";
    for (int i = 0; i < 101; ++i)
        many += "; spf=pass";
    EXPECT_EQ(parse_authentication_results(many).error().kind, ErrorKind::limit);
    std::string nested;
    for (int i = 0; i < 20; ++i)
        nested = "(" + nested + ")";
    EXPECT_FALSE(parse_authentication_results(nested + "id; none"));
}

TEST(AuthenticationResults, what_is_written_can_be_read_again) {
    const AuthenticationResults results{
        "mx.two.test",
        {{"spf", "pass", "matched \"a\" of one.test", {{"smtp", "mailfrom", "a b@one.test"}}},
         {"dkim", "none", "", {}},
         {"dmarc", "fail", "", {{"header", "from", "one.test"}, {"policy", "dmarc", "reject"}}}}};
    EXPECT_EQ(read(format_authentication_results(results)), results);
    EXPECT_EQ(format_authentication_results({"mx.two.test", {}}), " mx.two.test; none");
}

TEST(AuthenticationResults, nothing_that_stands_in_a_value_makes_another_field_or_result) {
    const std::string evil = "x\r\nX-Evil: 1; dmarc=pass \"\\ (\n\x01\xFF";
    const std::string body =
        format_authentication_results({"mx", {{"spf", "none", evil, {{"smtp", "helo", evil}}}}});
    const auto header = RawHeader::parse("Authentication-Results:" + body + "\r\n");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->fields().size(), 1U);
    const auto again = read(body);
    ASSERT_EQ(again.results.size(), 1U);
    EXPECT_EQ(again.results[0].reason, "x??X-Evil: 1; dmarc=pass \"\\ (???");
    EXPECT_EQ(again.results[0].properties[0].value, again.results[0].reason);
}

bool forged(const std::string& field) {
    return is_forged(RawHeader::parse(field + "\r\n")->fields()[0], "mx.two.test");
}

TEST(AuthenticationResults, fields_in_our_name_are_forged) {
    EXPECT_TRUE(forged("Authentication-Results: mx.two.test; dmarc=pass"));
    EXPECT_TRUE(forged("authentication-results : MX.Two.Test"));
    EXPECT_TRUE(forged("Authentication-Results: (mx.one.test) mx.two.test 1; none"));
    EXPECT_TRUE(forged("Authentication-Results:\r\n \"mx.two.test\"; none"));
    EXPECT_TRUE(forged("Authentication-Results: (no end; mx.two.test"));
    EXPECT_TRUE(forged("Authentication-Results: mx.one.test mx.two.test; none"));
    EXPECT_FALSE(forged("Authentication-Results: mx.one.test; none"));
    EXPECT_FALSE(forged("ARC-Authentication-Results: i=1; mx.two.test; none"));
    EXPECT_FALSE(forged("X-Authentication-Results: mx.two.test; none"));
}

TEST(AuthenticationResults, kith_fields_are_forged_but_for_the_signature) {
    EXPECT_TRUE(forged("Kith-Tier: known"));
    EXPECT_TRUE(forged("KITH-Anything: x"));
    EXPECT_FALSE(forged("Kith-Signature: v=1"));
    EXPECT_FALSE(forged("Kithara: x"));
}

}  // namespace
}  // namespace kith::mailauth
