#include "mailauth/authentication.h"

#include "mailauth/authentication_results.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/signing.h"

namespace kith::mailauth {
namespace {

constexpr Time kNow{Seconds{1'600'000'000}};

const SigningKey& key() {
    static const SigningKey made = *SigningKey::from_seed(Bytes(32, 7));
    return made;
}

DnsTable dns() {
    return DnsTable()
        .txt("one.test", "v=spf1 ip4:192.0.2.1 -all")
        .txt("s1._domainkey.one.test", dkim_key_record(&key()))
        .txt("_dmarc.one.test", "v=DMARC1; p=reject; sp=quarantine");
}

Envelope envelope(const char* client = "192.0.2.1", const char* path = "alice@one.test") {
    return {*IpAddress::parse(client), "mail.one.test", path};
}

const std::string kLetter = crlf(
    "From: Alice <alice@one.test>\nTo: bob@two.test\n"
    "Subject: tea\n\nAt four?\n");

std::string signed_letter(const std::string& letter = kLetter) {
    const auto digest = digest_message(letter);
    const auto field = sign_dkim(*digest,
                                 {.domain = "one.test",
                                  .selector = "s1",
                                  .identity = "",
                                  .key = &key(),
                                  .time = kNow,
                                  .expiry = std::nullopt});
    return *field + letter;
}

AuthenticationOutcome check(const std::string& message, Envelope from, DnsTable table = dns()) {
    AuthenticationOptions options;
    options.authserv_id = "mx.two.test";
    Authentication check(std::move(from), options, kNow);
    // In pieces, as DATA comes.
    for (std::size_t at = 0; at < message.size(); at += 7)
        EXPECT_TRUE(check.feed(std::string_view(message).substr(at, 7)));
    auto asking = std::move(check).finish();
    EXPECT_TRUE(asking);
    return run(*std::move(asking), table);
}

TEST(Authentication, a_letter_that_spf_and_dkim_speak_for_has_an_aligned_author) {
    const auto out = check(signed_letter(), envelope());
    EXPECT_EQ(out.spf.status, SpfStatus::pass);
    ASSERT_EQ(out.dkim.size(), 1U);
    EXPECT_EQ(out.dkim[0].status, DkimStatus::pass) << out.dkim[0].reason;
    EXPECT_EQ(out.dmarc.status, DmarcStatus::pass);
    EXPECT_EQ(out.dmarc.aligned_by, DmarcResult::AlignedBy::dkim);
    ASSERT_TRUE(out.aligned_author);
    EXPECT_EQ(out.aligned_author->text(), "alice@one.test");
    EXPECT_EQ(out.not_aligned, "");
}

TEST(Authentication, spf_alone_is_enough_and_so_is_dkim_alone) {
    const auto by_spf = check(kLetter, envelope());
    EXPECT_EQ(by_spf.dmarc.aligned_by, DmarcResult::AlignedBy::spf);
    EXPECT_TRUE(by_spf.aligned_author);
    const auto by_dkim = check(signed_letter(), envelope("198.51.100.9", "list@else.test"));
    EXPECT_EQ(by_dkim.spf.status, SpfStatus::none);
    EXPECT_EQ(by_dkim.dmarc.aligned_by, DmarcResult::AlignedBy::dkim);
    EXPECT_TRUE(by_dkim.aligned_author);
}

TEST(Authentication, a_forged_letter_fails_and_is_to_be_rejected) {
    const auto out = check(kLetter, envelope("198.51.100.9", "mallory@evil.test"));
    EXPECT_EQ(out.dmarc.status, DmarcStatus::fail);
    EXPECT_EQ(out.dmarc.disposition, DmarcPolicy::reject);
    EXPECT_FALSE(out.aligned_author);
    EXPECT_EQ(out.not_aligned, "DMARC is fail: neither SPF nor DKIM speaks for the author");
}

TEST(Authentication, a_changed_body_takes_the_alignment_away) {
    std::string message = signed_letter();
    message.replace(message.find("four"), 4, "five");
    const auto out = check(message, envelope("198.51.100.9", "list@else.test"));
    EXPECT_EQ(out.dkim[0].status, DkimStatus::fail);
    EXPECT_FALSE(out.aligned_author);
}

TEST(Authentication, a_second_from_is_refused_even_where_the_first_would_pass) {
    const auto out = check("From: ceo@bank.test\r\n" + signed_letter(), envelope());
    EXPECT_EQ(out.dmarc.status, DmarcStatus::fail);
    EXPECT_EQ(out.dmarc.disposition, DmarcPolicy::reject);
    EXPECT_FALSE(out.aligned_author);
    EXPECT_EQ(out.not_aligned, "From: is there several times (malformed)");
    // The signature counted From once more than it occurred.
    EXPECT_EQ(out.dkim[0].status, DkimStatus::fail);
}

TEST(Authentication, of_several_authors_none_counts) {
    const std::string letter = crlf("From: alice@one.test, ann@one.test\n\nHi.\n");
    const auto out = check(signed_letter(letter), envelope());
    EXPECT_EQ(out.dmarc.status, DmarcStatus::pass);
    EXPECT_FALSE(out.aligned_author);
    EXPECT_EQ(out.not_aligned, "From names several authors");
}

TEST(Authentication, without_a_policy_there_is_no_aligned_author) {
    const std::string letter = crlf("From: alice@bare.test\n\nHi.\n");
    DnsTable table = dns();
    table.txt("bare.test", "v=spf1 ip4:192.0.2.1 -all");
    const auto out = check(letter, envelope("192.0.2.1", "alice@bare.test"), table);
    EXPECT_EQ(out.spf.status, SpfStatus::pass);
    EXPECT_EQ(out.dmarc.status, DmarcStatus::none);
    EXPECT_FALSE(out.aligned_author);
}

TEST(Authentication, what_cannot_be_looked_up_now_is_neither_a_pass_nor_a_fail) {
    DnsTable table = dns();
    table.lost("s1._domainkey.one.test", RecordType::txt);
    const auto out = check(signed_letter(), envelope("198.51.100.9", "list@else.test"), table);
    EXPECT_EQ(out.dkim[0].status, DkimStatus::temperror);
    EXPECT_EQ(out.dmarc.status, DmarcStatus::temperror);
    EXPECT_EQ(out.dmarc.disposition, DmarcPolicy::none);
    EXPECT_FALSE(out.aligned_author);
}

TEST(Authentication, forged_fields_go_and_all_else_stays) {
    const std::string forged = crlf(
        "Authentication-Results: mx.two.test; dmarc=pass\n"
        "AUTHENTICATION-RESULTS: (x) \"MX.two.test\" 1;\n dkim=pass\n"
        "Authentication-Results: (no end\n"
        "Kith-Tier: well-trusted\n");
    const std::string kept = crlf(
        "Authentication-Results: mx.one.test; spf=pass\n"
        "Kith-Signature: v=1\n");
    const auto out = check(forged + kept + kLetter, envelope());
    EXPECT_EQ(out.clean_header, kept + kLetter.substr(0, kLetter.find("\r\n\r\n") + 2));
}

TEST(Authentication, the_results_can_be_read_again) {
    const auto out = check(signed_letter(), envelope());
    const auto header = RawHeader::parse(out.authentication_results);
    ASSERT_TRUE(header);
    ASSERT_EQ(header->fields().size(), 1U);
    const auto results = parse_authentication_results(header->fields()[0].value);
    ASSERT_TRUE(results) << results.error().text();
    EXPECT_EQ(results->authserv_id, "mx.two.test");
    ASSERT_EQ(results->results.size(), 3U);
    EXPECT_EQ(results->results[0].method, "spf");
    EXPECT_EQ(results->results[0].result, "pass");
    EXPECT_EQ(results->results[0].properties[0],
              (AuthProperty{"smtp", "mailfrom", "alice@one.test"}));
    EXPECT_EQ(results->results[1].properties[0], (AuthProperty{"header", "d", "one.test"}));
    EXPECT_EQ(results->results[2].method, "dmarc");
    EXPECT_EQ(
        results->results[2].properties,
        (std::vector<AuthProperty>{{"header", "from", "one.test"}, {"policy", "dmarc", "reject"}}));
}

TEST(Authentication, a_malformed_header_is_refused_with_the_reason) {
    Authentication check(envelope(), {}, kNow);
    const auto fed = check.feed("From: a@one.test\nTo: b@two.test\r\n\r\n");
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().text(), "header: has a line end that is not CRLF (malformed)");
}

TEST(Authentication, a_header_without_end_is_refused_when_it_is_too_long) {
    AuthenticationOptions options;
    options.header.octets = 1'000;
    Authentication check(envelope(), options, kNow);
    bool refused = false;
    for (int i = 0; i < 200 && !refused; ++i) {
        const auto fed = check.feed("X: y\r\n y\r\n");
        refused = !fed && fed.error().kind == ErrorKind::limit;
    }
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace kith::mailauth
