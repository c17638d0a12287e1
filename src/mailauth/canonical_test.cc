#include "mailauth/canonical.h"

#include "mailauth/mailauth_tests.h"
#include "mailauth/message_digest.h"

namespace kith::mailauth {
namespace {

std::string body_hash(std::string_view body, Canonicalization form) {
    BodyHasher hasher(form);
    hasher.update(body);
    return base64(hasher.finish().view());
}

std::string hash_of(std::string_view octets) {
    return base64(sha256(octets).view());
}

std::string field(const std::string& whole, Canonicalization form) {
    return canonical_field(RawHeader::parse(whole)->fields()[0], form);
}

constexpr auto kSimple = Canonicalization::simple;
constexpr auto kRelaxed = Canonicalization::relaxed;

// RFC 6376 section 3.4.5.
TEST(Canonical, the_examples_of_rfc_6376) {
    EXPECT_EQ(field("A: X\r\n", kRelaxed), "a:X\r\n");
    EXPECT_EQ(field("B : Y\t\r\n\tZ  \r\n", kRelaxed), "b:Y Z\r\n");
    EXPECT_EQ(field("B : Y\t\r\n\tZ  \r\n", kSimple), "B : Y\t\r\n\tZ  \r\n");
    const std::string body = " C \r\nD \t E\r\n\r\n\r\n";
    EXPECT_EQ(body_hash(body, kRelaxed), hash_of(" C\r\nD E\r\n"));
    EXPECT_EQ(body_hash(body, kSimple), hash_of(" C \r\nD \t E\r\n"));
}

// RFC 6376 sections 3.4.3 and 3.4.4 give these hashes.
TEST(Canonical, an_empty_body_is_a_line_end_or_nothing) {
    EXPECT_EQ(body_hash("", kSimple), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
    EXPECT_EQ(body_hash("\r\n\r\n", kSimple), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
    EXPECT_EQ(body_hash("", kRelaxed), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    EXPECT_EQ(body_hash(" \t\r\n\r\n", kRelaxed), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(Canonical, a_last_line_without_end_gets_one) {
    EXPECT_EQ(body_hash("a", kSimple), hash_of("a\r\n"));
    EXPECT_EQ(body_hash("a ", kSimple), hash_of("a \r\n"));
    EXPECT_EQ(body_hash("a ", kRelaxed), hash_of("a\r\n"));
}

TEST(Canonical, empty_lines_count_only_inside) {
    EXPECT_EQ(body_hash("a\r\n\r\n\r\nb\r\n\r\n", kSimple), hash_of("a\r\n\r\n\r\nb\r\n"));
    std::string many = "a", wanted = "a";
    for (int i = 0; i < 100; ++i) {
        many += "\r\n \t";
        wanted += "\r\n";
    }
    EXPECT_EQ(body_hash(many + "\r\nb", kRelaxed), hash_of(wanted + "\r\nb\r\n"));
    EXPECT_EQ(body_hash(many, kRelaxed), hash_of("a\r\n"));
}

TEST(Canonical, lone_cr_and_lf_are_octets_like_any) {
    EXPECT_EQ(body_hash("a\rb\nc\r\r\n", kSimple), hash_of("a\rb\nc\r\r\n"));
    EXPECT_EQ(body_hash("a \r b\n", kRelaxed), hash_of("a \r b\n\r\n"));
    EXPECT_EQ(body_hash("a\r", kRelaxed), hash_of("a\r\r\n"));
}

TEST(MessageDigest, a_message_cut_anywhere_has_the_same_digest) {
    const std::string message = crlf("From: a@one.test\nTo: b\n c\n\n x \t y\n\n\nz \n\n");
    const auto whole = digest_message(message);
    ASSERT_TRUE(whole);
    for (std::size_t step = 1; step < message.size(); ++step) {
        MessageDigester digester;
        for (std::size_t at = 0; at < message.size(); at += step)
            ASSERT_TRUE(digester.feed(std::string_view(message).substr(at, step)));
        const auto cut = std::move(digester).finish();
        ASSERT_TRUE(cut);
        EXPECT_EQ(cut->header.text(), whole->header.text()) << step;
        EXPECT_EQ(cut->simple_body, whole->simple_body) << step;
        EXPECT_EQ(cut->relaxed_body, whole->relaxed_body) << step;
    }
}

TEST(MessageDigest, a_message_may_have_no_body_and_no_header) {
    const auto no_body = digest_message("From: a@one.test\r\n");
    ASSERT_TRUE(no_body);
    EXPECT_EQ(no_body->header.count("from"), 1U);
    const auto no_header = digest_message("\r\nhello\r\n");
    ASSERT_TRUE(no_header);
    EXPECT_TRUE(no_header->header.fields().empty());
    EXPECT_EQ(no_header->simple_body, sha256("hello\r\n"));
}

}  // namespace
}  // namespace kith::mailauth
