#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/rsa.h"

namespace kith {
namespace {

// Made once: a new key costs most of a second.
const RsaSigningKey& key() {
    static const RsaSigningKey made = *RsaSigningKey::generate(kMinRsaBits);
    return made;
}

// openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512, its public half.
constexpr std::string_view k512Bits =
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAIWmlgix/84GJ+dfgjm7LTc9EPdfkftlgiPpCq4/kbDAZmU0VvYKDljjleJ1"
    "dfvS+CGy9U/kk1tG3EeEvb82xAcCAwEAAQ==";

TEST(Rsa, a_signature_verifies_for_its_message_and_no_other) {
    const RsaPublicKey open = *RsaPublicKey::from_der(key().public_der());
    Bytes signature = *key().sign(as_bytes("from:alice"));
    EXPECT_EQ(signature.size(), 128U);
    EXPECT_TRUE(open.verify(as_bytes("from:alice"), signature));
    EXPECT_FALSE(open.verify(as_bytes("from:alicf"), signature));
    EXPECT_FALSE(open.verify(as_bytes("from:alice"), ByteView(signature).first(127)));
    EXPECT_FALSE(open.verify(as_bytes("from:alice"), {}));
    for (std::size_t i = 0; i < signature.size(); i += 17) {
        signature[i] ^= 0x10;
        EXPECT_FALSE(open.verify(as_bytes("from:alice"), signature)) << i;
        signature[i] ^= 0x10;
    }
}

TEST(Rsa, a_key_survives_its_pem) {
    const Secret pem = key().pem();
    EXPECT_TRUE(as_text(pem.view()).starts_with("-----BEGIN PRIVATE KEY-----"));
    const auto again = RsaSigningKey::from_pem(as_text(pem.view()));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_der(), key().public_der());
    EXPECT_EQ(*again->sign(as_bytes("x")), *key().sign(as_bytes("x")));
}

TEST(Rsa, what_is_no_rsa_key_is_refused) {
    for (const std::string_view text : {"", "-----BEGIN PRIVATE KEY-----", "nonsense"})
        EXPECT_EQ(RsaSigningKey::from_pem(text).error().kind, ErrorKind::malformed) << text;
    Bytes der = key().public_der();
    der.push_back(0);
    EXPECT_EQ(RsaPublicKey::from_der(der).error().kind, ErrorKind::malformed);
    EXPECT_EQ(RsaPublicKey::from_der({}).error().kind, ErrorKind::malformed);
    EXPECT_EQ(RsaPublicKey::from_der(Bytes(100, 0x30)).error().kind, ErrorKind::malformed);
}

TEST(Rsa, a_pem_under_a_passphrase_is_refused_without_asking_for_it) {
    constexpr std::string_view pem =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIIBvTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIJrL4nH6dgTUCAggA\n"
        "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBDJDmq3vN7dNQ1lVUGLYdWqBIIB\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n";
    EXPECT_EQ(RsaSigningKey::from_pem(pem).error().kind, ErrorKind::malformed);
}

TEST(Rsa, short_and_overlong_keys_are_refused) {
    EXPECT_EQ(RsaPublicKey::from_der(*parse_base64(k512Bits)).error().kind, ErrorKind::untrusted);
    EXPECT_EQ(RsaSigningKey::generate(512).error().kind, ErrorKind::limit);
    EXPECT_EQ(RsaSigningKey::generate(16'384).error().kind, ErrorKind::limit);
}

TEST(Rsa, a_bare_pkcs1_key_is_read_too) {
    // SubjectPublicKeyInfo of a 1024-bit key is 22 octets and then the RSAPublicKey.
    const Bytes der = key().public_der();
    const auto bare = RsaPublicKey::from_der(ByteView(der).subspan(22));
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->bits(), kMinRsaBits);
    EXPECT_TRUE(bare->verify(as_bytes("x"), *key().sign(as_bytes("x"))));
}

}  // namespace
}  // namespace kith
