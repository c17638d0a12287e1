// Limits and refusals of age headers and keys that the vectors of others do not reach.
#include "crypto/age_header.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/aead.h"
#include "crypto/hash.h"

namespace kith {
namespace {

// The examples of C2SP age, "The X25519 recipient type".
constexpr std::string_view kIdentity =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
constexpr std::string_view kRecipient =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

TEST(AgeKeys, are_those_of_the_specification) {
    const auto identity = AgeIdentity::parse(kIdentity);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->text(), kIdentity);
    EXPECT_EQ(identity->recipient().text(), kRecipient);
    EXPECT_EQ(*parse_age_recipient(kRecipient), identity->recipient());
    EXPECT_EQ(identity->scalar().view()[31], 0x42);
}

TEST(AgeKeys, of_another_kind_case_or_length_are_refused) {
    std::string upper(kRecipient);
    for (char& c : upper)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const std::string& text : {std::string(),
                                    upper,
                                    std::string(kIdentity),
                                    std::string(kRecipient) + "q",
                                    std::string(kRecipient.substr(1)),
                                    std::string(1'000'000, 'q')})
        EXPECT_EQ(parse_age_recipient(text).error().kind, ErrorKind::malformed) << text.size();
    EXPECT_FALSE(AgeIdentity::parse(kRecipient));
    std::string lower(kIdentity);
    for (char& c : lower)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_FALSE(AgeIdentity::parse(lower));
}

class AgeHeaders : public ::testing::Test {
  protected:
    SeededRandom random{as_bytes("age headers")};
    FileKey key = new_file_key(random);
    std::vector<AgeIdentity> laptop{one()};
    std::vector<AgeIdentity> phone{one()};

    std::vector<AgeIdentity> one() {
        std::vector<AgeIdentity> out;
        out.push_back(AgeIdentity::generate(random));
        return out;
    }
    std::string sealed(std::size_t recipients) {
        return seal_header(
            key, std::vector<AgeRecipient>(recipients, laptop[0].recipient()), random);
    }
};

TEST_F(AgeHeaders, of_256_stanzas_open_and_of_257_are_refused) {
    EXPECT_TRUE(equal_in_constant_time(open_header(sealed(256), laptop)->view(), key.view()));
    EXPECT_EQ(open_header(sealed(257), laptop).error().kind, ErrorKind::limit);
}

TEST_F(AgeHeaders, over_64_kib_are_refused) {
    const std::string long_one =
        "age-encryption.org/v1\n-> " + std::string(kMaxAgeHeader, 'a') + "\n\n--- x\n";
    EXPECT_EQ(parse_age_header(long_one).error().kind, ErrorKind::limit);
    EXPECT_EQ(age_header_length(long_one).error().kind, ErrorKind::limit);
    EXPECT_EQ(age_header_length(sealed(1).substr(0, 100)).error().kind, ErrorKind::malformed);
    EXPECT_EQ(age_header_length(std::string(100'000, 'x')).error().kind, ErrorKind::malformed);
}

TEST_F(AgeHeaders, without_a_stanza_or_with_more_after_the_mac_are_refused) {
    EXPECT_EQ(parse_age_header(sealed(0)).error().kind, ErrorKind::malformed);
    EXPECT_EQ(parse_age_header(sealed(1) + "\n").error().kind, ErrorKind::malformed);
    EXPECT_EQ(age_header_length(sealed(1) + "payload").value_or(0), sealed(1).size());
}

TEST_F(AgeHeaders, body_of_whole_lines_ends_with_an_empty_one) {
    for (const std::size_t size : {0UL, 1UL, 47UL, 48UL, 49UL, 96UL, 100UL}) {
        AgeHeader header{{{{"example.com/x", "-->"}, Bytes(size, 7)}}, {}};
        const auto parsed = parse_age_header(header.write());
        ASSERT_TRUE(parsed) << size;
        EXPECT_EQ(parsed->stanzas[0].body, header.stanzas[0].body);
        EXPECT_EQ(parsed->stanzas[0].arguments, header.stanzas[0].arguments);
    }
}

TEST_F(AgeHeaders, keep_the_file_key_when_made_for_others) {
    const std::array to{phone[0].recipient()};
    const std::string header = sealed(1);
    const auto again = rekey_header(header, laptop, to, random);
    ASSERT_TRUE(again);
    EXPECT_TRUE(equal_in_constant_time(open_header(*again, phone)->view(), key.view()));
    EXPECT_EQ(open_header(*again, laptop).error().kind, ErrorKind::untrusted);
    EXPECT_EQ(rekey_header(header, phone, to, random).error().kind, ErrorKind::untrusted);
    EXPECT_EQ(rekey_header(header, laptop, {}, random).error().kind, ErrorKind::limit);
}

TEST_F(AgeHeaders, stanza_for_a_point_of_small_order_opens_for_nobody) {
    const std::array to{AgeRecipient{}, phone[0].recipient()};
    const auto header = parse_age_header(seal_header(key, to, random));
    ASSERT_TRUE(header);
    // What an onlooker could compute: the shared secret that X25519 would have given is zero.
    const Bytes share = *parse_base64_unpadded(header->stanzas[0].arguments[1]);
    Bytes salt = share;
    salt.resize(64);
    const Secret wrap_key = hkdf_sha256(Bytes(32, 0), salt, "age-encryption.org/v1/X25519", 32);
    Bytes plain;
    EXPECT_FALSE(Aead(wrap_key.view()).open(Nonce{}, header->stanzas[0].body, plain));
    EXPECT_TRUE(open_header(header->write(), phone));
}

TEST_F(AgeHeaders, work_factor_over_the_limit_is_refused_before_the_work) {
    const auto header = seal_header_with_passphrase(key, as_bytes("pass"), random, 11);
    ASSERT_TRUE(header);
    EXPECT_TRUE(open_header_with_passphrase(*header, as_bytes("pass"), 11));
    EXPECT_EQ(open_header_with_passphrase(*header, as_bytes("pass"), 10).error().kind,
              ErrorKind::limit);
    for (const unsigned factor : {0U, 31U, 64U, 99U})
        EXPECT_EQ(seal_header_with_passphrase(key, as_bytes("pass"), random, factor).error().kind,
                  ErrorKind::limit);
    EXPECT_EQ(open_header(*header, laptop).error().kind, ErrorKind::untrusted);
    EXPECT_EQ(open_header_with_passphrase(sealed(1), as_bytes("pass")).error().kind,
              ErrorKind::untrusted);
}

}  // namespace
}  // namespace kith
