// Wycheproof, CCTV and BLAKE2b: the vectors of others.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/scrypt.h"
#include "crypto/x25519.h"
#include "testing/vectors.h"

namespace kith {
namespace {
namespace json = boost::json;

Bytes octets(const json::value& test, const char* name) {
    return *parse_hex(test.at(name).as_string());
}

// Runs every test of a Wycheproof file; answers how many there were.
int each(const char* file,
         const std::function<void(const json::value& group, const json::value& test)>& check) {
    const auto folder = testing::vectors();
    if (!folder)
        return -1;
    const json::value all = json::parse(testing::read_file(*folder / "wycheproof" / file));
    int count = 0;
    for (const json::value& group : all.at("testGroups").as_array())
        for (const json::value& test : group.at("tests").as_array()) {
            SCOPED_TRACE(std::string(file) + " " + std::to_string(test.at("tcId").as_int64()));
            check(group, test);
            ++count;
        }
    return count;
}

#define SKIP_WITHOUT_VECTORS(count) \
    if ((count) < 0)                \
    GTEST_SKIP() << "no vectors"

TEST(Wycheproof, ed25519) {
    const int count =
        each("ed25519_test.json", [](const json::value& group, const json::value& test) {
            const auto key = public_key_from(octets(group.at("publicKey"), "pk"));
            const bool good = key && verify(*key, octets(test, "msg"), octets(test, "sig"));
            EXPECT_EQ(good, test.at("result").as_string() == "valid");
        });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 100);
}

TEST(Wycheproof, x25519_with_all_zero_results_refused) {
    const int count = each("x25519_test.json", [](const json::value&, const json::value& test) {
        const SecretArray<32> scalar(*exactly<32>(octets(test, "private")));
        const auto shared = x25519(scalar, *exactly<32>(octets(test, "public")));
        const Bytes expected = octets(test, "shared");
        if (expected == Bytes(32, 0)) {
            EXPECT_FALSE(shared);
            return;
        }
        ASSERT_TRUE(shared);
        EXPECT_EQ(Bytes(shared->view().begin(), shared->view().end()), expected);
    });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 400);
}

TEST(Wycheproof, chacha20_poly1305) {
    int tried = 0;
    const int count = each(
        "chacha20_poly1305_test.json", [&tried](const json::value& group, const json::value& test) {
            if (group.at("ivSize").as_int64() != 96 || group.at("keySize").as_int64() != 256)
                return;
            ++tried;
            const Aead aead(octets(test, "key"));
            const Nonce nonce = *exactly<12>(octets(test, "iv"));
            Bytes sealed = octets(test, "ct");
            const Bytes tag = octets(test, "tag");
            sealed.insert(sealed.end(), tag.begin(), tag.end());
            Bytes plain;
            const bool good =
                static_cast<bool>(aead.open(nonce, sealed, plain, octets(test, "aad")));
            EXPECT_EQ(good, test.at("result").as_string() == "valid");
            if (!good)
                return;
            EXPECT_EQ(plain, octets(test, "msg"));
            Bytes again;
            aead.seal(nonce, plain, again, octets(test, "aad"));
            EXPECT_EQ(again, sealed);
        });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(tried, 200);
}

TEST(Wycheproof, hkdf_sha256) {
    const int count =
        each("hkdf_sha256_test.json", [](const json::value&, const json::value& test) {
            const auto size = static_cast<std::size_t>(test.at("size").as_int64());
            if (size > 255UL * 32)
                return;
            const Bytes info = octets(test, "info");
            const Secret out =
                hkdf_sha256(octets(test, "ikm"), octets(test, "salt"), as_text(info), size);
            EXPECT_EQ(Bytes(out.view().begin(), out.view().end()), octets(test, "okm"));
        });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 80);
}

TEST(Wycheproof, hmac_sha256) {
    const int count =
        each("hmac_sha256_test.json", [](const json::value&, const json::value& test) {
            const auto mac = hmac_sha256(octets(test, "key"), octets(test, "msg"));
            const Bytes tag = octets(test, "tag");
            EXPECT_EQ(std::equal(tag.begin(), tag.end(), mac.begin()),
                      test.at("result").as_string() == "valid");
        });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 100);
}

// Calls `check` for each CCTV vector with a predicate for its flags; answers how many there were.
int each_odd_signature(
    const std::function<void(const json::value& test, const std::function<bool(const char*)>& is)>&
        check) {
    const auto folder = testing::vectors();
    if (!folder)
        return -1;
    const json::value all =
        json::parse(testing::read_file(*folder / "ed25519" / "ed25519vectors.json"));
    int count = 0;
    for (const json::value& test : all.as_array()) {
        SCOPED_TRACE(test.at("number").as_int64());
        check(test, [&test](const char* wanted) {
            const json::value& flags = test.at("flags");
            return flags.is_array() && std::ranges::any_of(flags.as_array(), [&](const auto& flag) {
                       return flag.as_string() == wanted;
                   });
        });
        ++count;
    }
    return count;
}

// libsodium: no point of small order, no second encoding, no cofactor in the equation.
TEST(Ed25519, odd_signatures_are_judged_by_the_rule_of_libsodium) {
    int good = 0;
    const int count = each_odd_signature([&](const json::value& test, const auto& is) {
        const PublicKey key{*exactly<32>(octets(test, "key"))};
        const std::string message(test.at("msg").as_string());
        const bool expected = !is("low_order_A") && !is("low_order_R") && !is("non_canonical_A") &&
                              !is("non_canonical_R") && !is("low_order_residue") &&
                              !is("reencoded_k");
        EXPECT_EQ(verify(key, as_bytes(message), octets(test, "sig")), expected);
        good += expected ? 1 : 0;
    });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 900);
    EXPECT_GT(good, 5);
}

// Stricter than libsodium: a key with a part of small order has sisters that verify alike.
TEST(Ed25519, key_outside_the_prime_order_group_is_no_key) {
    int taken = 0;
    const int count = each_odd_signature([&](const json::value& test, const auto& is) {
        const bool expected =
            !is("low_order_A") && !is("low_order_component_A") && !is("non_canonical_A");
        EXPECT_EQ(public_key_from(octets(test, "key")).has_value(), expected);
        taken += expected ? 1 : 0;
    });
    SKIP_WITHOUT_VECTORS(count);
    EXPECT_GT(count, 900);
    EXPECT_GT(taken, 5);
}

TEST(Ed25519, a_key_has_one_text_and_signs_what_it_verifies) {
    SeededRandom random(as_bytes("a key"));
    const SigningKey key = SigningKey::generate(random);
    EXPECT_EQ(*parse_public_key(key.public_key().text()), key.public_key());
    EXPECT_FALSE(parse_public_key(base64(key.public_key().octets)));
    EXPECT_FALSE(parse_public_key("ed25519:" + base64_unpadded(key.public_key().octets)));
    EXPECT_FALSE(public_key_from(ByteView(key.public_key().octets).first(31)));
    EXPECT_EQ(SigningKey::from_seed(key.seed())->public_key(), key.public_key());
    EXPECT_FALSE(SigningKey::from_seed(key.seed().first(31)));
    const Signature signature = key.sign(as_bytes("text"));
    EXPECT_TRUE(verify(key.public_key(), as_bytes("text"), signature));
    EXPECT_FALSE(verify(key.public_key(), as_bytes("texT"), signature));
    EXPECT_FALSE(verify(key.public_key(), as_bytes("text"), ByteView(signature).first(63)));
}

TEST(Hash, sha256_in_pieces_is_sha256) {
    EXPECT_EQ(sha256("abc").text(),
              "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    hash.update(as_bytes("a"));
    hash.update(as_bytes("bc"));
    EXPECT_EQ(hash.finish(), sha256("abc"));
    EXPECT_EQ(hash.finish(), sha256(""));
    EXPECT_EQ(*parse_hash(sha256("abc").text()), sha256("abc"));
    EXPECT_FALSE(parse_hash(sha256("abc").hex_text()));
    EXPECT_FALSE(
        parse_hash("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
}

TEST(Hash, blake2b_knows_the_example_of_rfc_7693) {
    EXPECT_EQ(hex(blake2b_512(as_bytes("ab"), as_bytes("c"))),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Hash, blake2b_of_32_octets_is_a_hash_of_its_own) {
    // As Python's hashlib.blake2b(digest_size=32) gives them.
    EXPECT_EQ(hex(blake2b_256(as_bytes("a"), as_bytes("bc"))),
              "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    EXPECT_EQ(hex(blake2b_256({})),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(hex(blake2b_256_keyed(Bytes(32, 7), as_bytes("abc"))),
              "62d8fe04aeb9b650b0dbdb3078da63b0d4c864854da1e7ff3aae7a2daee046ba");
}

TEST(Hash, text_form_is_the_only_one) {
    const std::string text = sha256("abc").text();
    for (const std::string& odd : {text.substr(0, 70),
                                   text + "0",
                                   "SHA256:" + text.substr(7),
                                   text.substr(0, 70) + "g",
                                   std::string("sha256:"),
                                   std::string()})
        EXPECT_EQ(parse_hash(odd).error().kind, ErrorKind::malformed) << odd;
    EXPECT_EQ(*parse_hash_hex(text.substr(7)), sha256("abc"));
    EXPECT_EQ(*parse_hash_base64(sha256("abc").base64_text()), sha256("abc"));
    EXPECT_FALSE(parse_hash_base64(base64(Bytes(31, 1))));
    EXPECT_FALSE(parse_hash_base64(base64(Bytes(33, 1))));
    EXPECT_FALSE(parse_hash_base64(sha256("abc").base64_text() + "\n"));
    EXPECT_EQ(sha256_joined({as_bytes("a"), {}, as_bytes("bc")}), sha256("abc"));
    EXPECT_LT(Hash{}, sha256("abc"));
}

// RFC 7914 section 12, the vector with r = 8 and p = 1; its first 32 octets.
TEST(Scrypt, knows_the_example_of_rfc_7914) {
    const auto out = scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), 14);
    ASSERT_TRUE(out);
    EXPECT_EQ(hex(out->view()), "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    EXPECT_EQ(scrypt({}, {}, 0).error().kind, ErrorKind::limit);
    EXPECT_EQ(scrypt({}, {}, 31).error().kind, ErrorKind::limit);
}

TEST(Aead, one_object_serves_many_and_a_failure_leaves_nothing) {
    const Aead aead(Bytes(32, 1));
    Bytes sealed;
    aead.seal(Nonce{1}, as_bytes("first"), sealed, as_bytes("associated"));
    const std::size_t first = sealed.size();
    aead.seal(Nonce{2}, as_bytes("second"), sealed);
    EXPECT_EQ(first, 5 + kTagOctets);
    Bytes plain = to_bytes("before ");
    EXPECT_EQ(aead.open(Nonce{1}, ByteView(sealed).first(first), plain).error().kind,
              ErrorKind::bad_signature);
    EXPECT_EQ(aead.open(Nonce{1}, ByteView(sealed).first(15), plain).error().kind,
              ErrorKind::bad_signature);
    EXPECT_EQ(to_text(plain), "before ");
    EXPECT_TRUE(aead.open(Nonce{2}, ByteView(sealed).subspan(first), plain));
    EXPECT_TRUE(aead.open(Nonce{1}, ByteView(sealed).first(first), plain, as_bytes("associated")));
    EXPECT_EQ(to_text(plain), "before secondfirst");
}

TEST(Random, a_seed_gives_the_same_octets_and_no_two_calls_do) {
    SeededRandom a(as_bytes("seed"));
    SeededRandom b(as_bytes("seed"));
    SeededRandom other(as_bytes("Seed"));
    const auto first = a.array<32>();
    EXPECT_EQ(first, b.array<32>());
    EXPECT_NE(first, other.array<32>());
    EXPECT_NE(first, a.array<32>());
}

TEST(Random, id_is_32_hex_digits_and_never_the_same) {
    SystemRandom random;
    const std::string id = random_id(random);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(id, random_id(random));
}

TEST(Secret, moves_and_compares_but_never_by_its_prefix) {
    Secret secret = Secret::copy_of(as_bytes("hush"));
    const Secret moved = std::move(secret);
    EXPECT_EQ(to_text(moved.view()), "hush");
    EXPECT_EQ(secret.size(), 0U);  // NOLINT: the contract says empty
    EXPECT_TRUE(equal_in_constant_time(moved.view(), as_bytes("hush")));
    EXPECT_FALSE(equal_in_constant_time(moved.view(), as_bytes("husH")));
    EXPECT_FALSE(equal_in_constant_time(moved.view(), as_bytes("hush!")));
    EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Secret, wiped_octets_are_zero) {
    Bytes octets = to_bytes("hush");
    wipe(octets);
    EXPECT_EQ(octets, Bytes(4, 0));
    std::string text = "hush, and longer than any small string is";
    const char* where = text.data();
    const std::size_t size = text.size();
    wipe(text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), where);
    text.resize(size, 'x');  // writes from the old end on: nothing of the old text can come back
    EXPECT_EQ(text.find("hush"), std::string::npos);
}

}  // namespace
}  // namespace kith
