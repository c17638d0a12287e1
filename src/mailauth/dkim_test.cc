#include "mailauth/dkim.h"

#include "mailauth/dkim_signature.h"
#include "mailauth/mailauth_tests.h"
#include "mailauth/signature_writer.h"
#include "mailauth/signing.h"

namespace kith::mailauth {
namespace {

constexpr Time kNow{Seconds{1'600'000'000}};
const std::string kLetter =
    crlf("From: Alice <alice@one.test>\nTo: bob@two.test\nSubject: tea\n\nAt four?\n");

const SigningKey& key() {
    static const SigningKey made = *SigningKey::from_seed(Bytes(32, 7));
    return made;
}

std::vector<Tag> usual_tags(const MessageDigest& digest) {
    return {{"v", "1"},
            {"a", "ed25519-sha256"},
            {"c", "relaxed/relaxed"},
            {"d", "one.test"},
            {"s", "s1"},
            {"h", "from:to:subject"},
            {"bh", base64(digest.relaxed_body.view())},
            {"b", ""}};
}

// Signed with these tags more, or in place of the usual ones; an empty value takes one out.
std::string signed_with(const std::vector<Tag>& changes, const std::string& letter = kLetter) {
    const auto digest = digest_message(letter);
    std::vector<Tag> tags = usual_tags(*digest);
    for (const Tag& change : changes) {
        std::erase_if(tags, [&](const Tag& tag) { return tag.name == change.name; });
        if (!change.value.empty())
            tags.insert(tags.begin(), change);
    }
    const auto h = std::ranges::find(tags, "h", &Tag::name);
    const auto fields =
        colon_list(h == tags.end() ? std::string_view() : std::string_view(h->value));
    const SignatureKey with(&key());
    const auto field =
        sign_field(digest->header, "DKIM-Signature", tags, fields, with, SignatureLines::folded);
    return *field + letter;
}

DnsTable dns_with(const std::string& record) {
    return DnsTable().txt("s1._domainkey.one.test", record);
}

const std::string kPublic = "p=" + base64(key().public_key().view());

std::vector<DkimResult> check_all(const std::string& message,
                                  DnsTable dns = dns_with("v=DKIM1; k=ed25519; " + kPublic)) {
    const auto digest = digest_message(message);
    EXPECT_TRUE(digest);
    return run(check_dkim(&*digest, kNow, {}), dns);
}

std::string check(const std::string& message,
                  const DnsTable& dns = dns_with("v=DKIM1; k=ed25519; " + kPublic)) {
    const auto results = check_all(message, dns);
    if (results.size() != 1)
        return std::to_string(results.size()) + " results";
    return std::string(name_of(results[0].status)) + ": " + results[0].reason;
}

TEST(Dkim, a_message_without_signature_has_no_result_and_asks_nothing) {
    const auto digest = digest_message(kLetter);
    DnsTable dns;
    EXPECT_TRUE(run(check_dkim(&*digest, kNow, {}), dns).empty());
}

TEST(Dkim, a_good_signature_passes) {
    EXPECT_EQ(check(signed_with({})), "pass: ");
    EXPECT_EQ(check(signed_with({{"i", "alice@one.test"}})), "pass: ");
    EXPECT_EQ(check(signed_with({{"x", "1600000001"}})), "pass: ");
    EXPECT_EQ(check(signed_with({{"zz", "unknown"}})), "pass: ");
}

TEST(Dkim, a_signature_with_l_is_not_believed) {
    const std::string message = signed_with({{"l", "10"}});
    EXPECT_EQ(check(message), "policy: l= leaves the end of the body unsigned");
    EXPECT_EQ(check(message + "Buy this!\r\n"), "policy: l= leaves the end of the body unsigned");
}

TEST(Dkim, an_expired_signature_is_not_believed) {
    EXPECT_EQ(check(signed_with({{"x", "1600000000"}})), "policy: the signature has expired");
}

TEST(Dkim, sha1_and_unknown_algorithms_are_not_believed) {
    EXPECT_EQ(check(signed_with({{"a", "rsa-sha1"}})), "policy: the algorithm is not believed");
    EXPECT_EQ(check(signed_with({{"a", "none"}})), "policy: the algorithm is not believed");
}

TEST(Dkim, a_signature_must_cover_from) {
    EXPECT_EQ(check(signed_with({{"h", "to:subject"}})), "permerror: From is not signed");
}

TEST(Dkim, an_identity_outside_the_domain_is_malformed) {
    for (const char* identity : {"alice@two.test", "alice@notone.test", "alice", "@test"})
        EXPECT_TRUE(check(signed_with({{"i", identity}})).starts_with("neutral: signature: i="))
            << identity;
    EXPECT_EQ(check(signed_with({{"i", "alice@sub.one.test"}})), "pass: ");
}

TEST(Dkim, wrong_syntax_is_neutral_and_asks_nothing) {
    const std::vector<std::vector<Tag>> wrong = {{{"v", ""}},
                                                 {{"v", "2"}},
                                                 {{"d", ""}},
                                                 {{"d", "test"}},
                                                 {{"d", "one..test"}},
                                                 {{"s", ""}},
                                                 {{"s", "a b"}},
                                                 {{"bh", ""}},
                                                 {{"bh", "@@@"}},
                                                 {{"c", "loose/loose"}},
                                                 {{"h", ""}},
                                                 {{"a", ""}},
                                                 {{"t", "now"}},
                                                 {{"x", "-1"}},
                                                 {{"q", "http"}},
                                                 {{"t", "1600000000"}, {"x", "1500000000"}}};
    for (const auto& tags : wrong) {
        DnsTable dns;
        const auto digest = digest_message(signed_with(tags));
        auto asking = check_dkim(&*digest, kNow, {});
        EXPECT_EQ(asking.next(), nullptr) << tags[0].name;
        const auto results = std::move(asking).result();
        ASSERT_EQ(results.size(), 1U);
        EXPECT_EQ(results[0].status, DkimStatus::neutral) << tags[0].name;
    }
    EXPECT_EQ(check("DKIM-Signature: nonsense\r\n" + kLetter),
              "neutral: tags: one has no \"=\" (malformed)");
    EXPECT_EQ(check("DKIM-Signature: v=1; v=1\r\n" + kLetter),
              "neutral: tags: v= is there twice (malformed)");
}

TEST(Dkim, without_a_usable_key_it_is_permerror) {
    const std::string message = signed_with({});
    EXPECT_EQ(check(message, DnsTable()), "permerror: key record: there is none (not-found)");
    EXPECT_EQ(check(message, dns_with("v=DKIM1; k=ed25519; p=")),
              "permerror: key record: the key is revoked (not-found)");
    EXPECT_EQ(check(message, dns_with("v=DKIM1; h=sha1; k=ed25519; " + kPublic)),
              "permerror: key record: h= does not allow sha256 (denied)");
    EXPECT_EQ(check(message, dns_with("v=DKIM1; s=tlsrpt; k=ed25519; " + kPublic)),
              "permerror: key record: s= does not allow mail (denied)");
    EXPECT_EQ(check(message, dns_with("v=DKIM2; k=ed25519; " + kPublic)),
              "permerror: key record: v= is not DKIM1, or not the first (malformed)");
    EXPECT_EQ(check(message, dns_with("k=ed25519; " + kPublic + "; v=DKIM1")),
              "permerror: key record: v= is not DKIM1, or not the first (malformed)");
    EXPECT_EQ(check(message, dns_with("v=DKIM1; k=rot13; " + kPublic)),
              "permerror: key record: k= is unknown (malformed)");
    EXPECT_EQ(check(message, dns_with("v=spf1 -all")),
              "permerror: key record: v= is not DKIM1, or not the first (malformed)");
}

TEST(Dkim, a_key_of_another_algorithm_does_not_do) {
    const RsaSigningKey rsa = *RsaSigningKey::generate(kMinRsaBits);
    EXPECT_EQ(check(signed_with({}), dns_with(dkim_key_record(&rsa))),
              "permerror: the key is for another algorithm");
}

TEST(Dkim, an_rsa_key_that_is_too_short_is_not_believed) {
    const std::string record =
        "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAIWmlgix/84GJ+dfgjm7LTc9EPdfkftlgiPpCq4/kbDAZmU"
        "0VvYKDljjleJ1dfvS+CGy9U/kk1tG3EeEvb82xAcCAwEAAQ==";
    EXPECT_EQ(check(signed_with({{"a", "rsa-sha256"}}), dns_with(record)),
              "policy: rsa key: is shorter than 1024 bits (untrusted)");
}

TEST(Dkim, a_key_that_cannot_be_looked_up_now_is_temperror) {
    DnsTable dns;
    dns.lost("s1._domainkey.one.test", RecordType::txt);
    EXPECT_EQ(check(signed_with({}), dns),
              "temperror: key record: could not be looked up (unavailable)");
}

TEST(Dkim, other_records_beside_the_key_do_no_harm) {
    DnsTable dns = dns_with("v=spf1 -all");
    dns.txt("s1._domainkey.one.test", "k=ed25519; " + kPublic);
    EXPECT_EQ(check(signed_with({}), dns), "pass: ");
}

TEST(Dkim, the_flags_of_a_key_are_heeded) {
    const std::string flagged = "v=DKIM1; k=ed25519; t=s:y; " + kPublic;
    EXPECT_EQ(check(signed_with({{"i", "@sub.one.test"}}), dns_with(flagged)),
              "permerror: the key is not for subdomains in i=");
    EXPECT_EQ(check(signed_with({}), dns_with(flagged)),
              "neutral: the key is marked as a test (t=y)");
    EXPECT_EQ(
        check(signed_with({{"i", "@One.Test"}}), dns_with("v=DKIM1; k=ed25519; t=s; " + kPublic)),
        "pass: ");
}

TEST(Dkim, only_the_first_eight_signatures_are_looked_at) {
    const std::string one = signed_with({});
    std::string many = one;
    const std::string field = one.substr(0, one.size() - kLetter.size());
    for (int i = 0; i < 20; ++i)
        many = field + many;
    const auto results = check_all(many);
    ASSERT_EQ(results.size(), 8U);
    for (const DkimResult& result : results)
        EXPECT_EQ(result.status, DkimStatus::pass);
}

TEST(Dkim, fields_are_taken_from_the_bottom) {
    const std::string two = "Subject: first\r\n" + kLetter;
    const std::string message = signed_with({{"h", "from:subject:subject"}}, two);
    EXPECT_EQ(check(message), "pass: ");
    std::string swapped = message;
    swapped.replace(swapped.find("first"), 5, "other");
    EXPECT_EQ(check(swapped), "fail: the signature does not verify");
    // One signed once does not cover another put above it; so we sign once more than there are.
    const std::string once = signed_with({});
    EXPECT_EQ(check("Subject: other\r\n" + once), "pass: ");
}

TEST(Dkim, what_we_sign_takes_no_further_field) {
    const auto digest = digest_message(kLetter);
    const auto field = sign_dkim(*digest,
                                 {.domain = "one.test",
                                  .selector = "s1",
                                  .identity = "alice@one.test",
                                  .key = &key(),
                                  .time = kNow,
                                  .expiry = kNow + Seconds(60)});
    ASSERT_TRUE(field);
    const std::string message = *field + kLetter;
    EXPECT_EQ(check(message), "pass: ");
    for (const char* added : {"From: x@one.test",
                              "To: x@one.test",
                              "Subject: x",
                              "Date: x",
                              "Cc: x@one.test",
                              "Reply-To: x@one.test",
                              "Content-Type: text/html"})
        EXPECT_EQ(check(added + std::string("\r\n") + message),
                  "fail: the signature does not verify")
            << added;
    EXPECT_EQ(check("X-Hop: 1\r\n" + message), "pass: ");
}

TEST(Dkim, what_we_write_is_folded) {
    const auto digest = digest_message(kLetter);
    const RsaSigningKey rsa = *RsaSigningKey::generate(kMinRsaBits);
    const auto field = sign_dkim(*digest,
                                 {.domain = "one.test",
                                  .selector = "s1",
                                  .identity = "",
                                  .key = &rsa,
                                  .time = kNow,
                                  .expiry = std::nullopt});
    ASSERT_TRUE(field);
    std::size_t begin = 0;
    for (std::size_t end; (end = field->find("\r\n", begin)) != std::string::npos; begin = end + 2)
        EXPECT_LE(end - begin, 78U) << field->substr(begin, end - begin);
}

TEST(Dkim, only_a_message_with_one_from_is_signed) {
    const DkimSigner signer{.domain = "one.test",
                            .selector = "s1",
                            .identity = "",
                            .key = &key(),
                            .time = kNow,
                            .expiry = std::nullopt};
    for (const std::string& letter : {"From: a@b.test\r\n" + kLetter, crlf("To: b@two.test\n\n")}) {
        const auto digest = digest_message(letter);
        EXPECT_EQ(sign_dkim(*digest, signer).error().kind, ErrorKind::malformed);
    }
    const auto digest = digest_message(kLetter);
    DkimSigner wrong = signer;
    wrong.domain = "One.test";
    EXPECT_EQ(sign_dkim(*digest, wrong).error().kind, ErrorKind::malformed);
    wrong = signer;
    wrong.selector = "s1; d=two.test";
    EXPECT_EQ(sign_dkim(*digest, wrong).error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace kith::mailauth
