#include "crypto/vrf.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kith {
namespace {

// The test vector of c2sp.org/vrf-r255. Its intermediate values (H, k, U, V) all enter the proof.
constexpr const char* kSecret = "3431c2b03533e280b23232e280b34e2c3132c2b03238e280b23131e280b34500";
constexpr const char* kPublic = "54136cd90d99fbd1d4e855d9556efea87ba0337f2a6ce22028d0f5726fcb854e";
constexpr const char* kAlpha = "633273702e6f72672f7672662d72323535";
constexpr const char* kPi =
    "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff926"
    "5c805525233e2284dbed45e593b8eea3"
    "1d5ca9734d72bcbba9738d5237f955f3b2422351149d1312503b6441a47c940c";
constexpr const char* kBeta =
    "dd653f0879b48c3ef69e13551239bec4cbcc1c18fe8894de2e9e1c790e182736"
    "03bf1c6c25d7a797aeff3c43fd32b974d3fcbd4bcce916007097922a3ea3a794";
// The order of the group, little-endian.
constexpr const char* kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

VrfKey the_key() {
    return *VrfKey::from_secret(*parse_hex(kSecret));
}

VrfKey key_of(std::uint8_t number) {
    return *VrfKey::from_seed(Bytes(32, number));
}

TEST(Vrf, the_vector_of_c2sp_is_proven) {
    EXPECT_EQ(hex(the_key().public_key().view()), kPublic);
    const auto proven = the_key().prove(*parse_hex(kAlpha));
    EXPECT_EQ(hex(proven.proof.view()), kPi);
    EXPECT_EQ(hex(proven.output), kBeta);
}

TEST(Vrf, the_vector_of_c2sp_verifies) {
    const auto key = vrf_public_key_from(*parse_hex(kPublic));
    const auto proof = vrf_proof_from(*parse_hex(kPi));
    ASSERT_TRUE(key && proof);
    const auto output = vrf_verify(*key, *parse_hex(kAlpha), *proof);
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(hex(*output), kBeta);
}

TEST(Vrf, a_proof_holds_for_its_key_and_input_alone) {
    const VrfKey key = key_of(1);
    const auto proven = key.prove(as_bytes("alice@one.test"));
    EXPECT_EQ(*vrf_verify(key.public_key(), as_bytes("alice@one.test"), proven.proof),
              proven.output);
    const auto other_input = vrf_verify(key.public_key(), as_bytes("bob@one.test"), proven.proof);
    ASSERT_FALSE(other_input);
    EXPECT_EQ(other_input.error().kind, ErrorKind::bad_signature);
    const auto other_key =
        vrf_verify(key_of(2).public_key(), as_bytes("alice@one.test"), proven.proof);
    ASSERT_FALSE(other_key);
    EXPECT_EQ(other_key.error().kind, ErrorKind::bad_signature);
}

TEST(Vrf, every_changed_bit_of_a_proof_refuses_it) {
    const auto proven = the_key().prove(*parse_hex(kAlpha));
    for (std::size_t bit = 0; bit < VrfProof::kOctets * 8; ++bit) {
        VrfProof changed = proven.proof;
        changed.octets[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(vrf_verify(the_key().public_key(), *parse_hex(kAlpha), changed)) << bit;
    }
}

TEST(Vrf, proving_twice_gives_the_same_octets_and_another_input_another_output) {
    const VrfKey key = key_of(1);
    const auto first = key.prove(as_bytes("alice"));
    EXPECT_EQ(key.prove(as_bytes("alice")).proof, first.proof);
    EXPECT_NE(key.prove(as_bytes("alicf")).output, first.output);
    EXPECT_NE(key_of(2).prove(as_bytes("alice")).output, first.output);
    EXPECT_TRUE(vrf_verify(key.public_key(), {}, key.prove({}).proof));
}

// s + q is the same number modulo q: taking it, too, would give one output two proofs.
TEST(Vrf, s_that_is_not_below_the_order_is_refused) {
    Bytes octets = *parse_hex(kPi);
    const Bytes order = *parse_hex(kOrder);
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += octets[48 + i] + static_cast<unsigned>(order[i]);
        octets[48 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    ASSERT_EQ(carry, 0U);
    EXPECT_EQ(vrf_proof_from(octets).error().kind, ErrorKind::malformed);
    std::ranges::copy(order, octets.begin() + 48);
    EXPECT_EQ(vrf_proof_from(octets).error().kind, ErrorKind::malformed);
}

// Made with the secret of the C2SP vector and a nonce of 7: Gamma with its highest bit set, c right
// for the octets as they stand. Taken, one input would have a second output, and an address a
// second label.
TEST(Vrf, gamma_with_its_highest_bit_set_gives_no_second_output) {
    const Bytes octets = *parse_hex(
        "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff9a6"
        "6eb1de7cdc285acc218094ba22afac6e"
        "ab94edfa4f3630ea2185a75b5e3611dc75e2155c45bbe2c7d8293eda35d5e70e");
    EXPECT_EQ(vrf_proof_from(octets).error().kind, ErrorKind::malformed);
    VrfProof forged;
    std::ranges::copy(octets, forged.octets.begin());
    EXPECT_FALSE(vrf_verify(the_key().public_key(), *parse_hex(kAlpha), forged));
    VrfPublicKey odd = the_key().public_key();
    odd.octets[31] |= 0x80;
    EXPECT_FALSE(vrf_public_key_from(odd.view()));
}

TEST(Vrf, keys_and_proofs_that_are_no_points_are_refused) {
    EXPECT_EQ(vrf_public_key_from(Bytes(32, 0)).error().kind, ErrorKind::malformed) << "identity";
    EXPECT_FALSE(vrf_public_key_from(Bytes(32, 0xFF)));
    EXPECT_FALSE(vrf_public_key_from(Bytes(32, 1))) << "a negative field element";
    EXPECT_FALSE(vrf_public_key_from(Bytes(31, 0)));
    EXPECT_FALSE(vrf_public_key_from(Bytes(33, 0)));
    Bytes proof = *parse_hex(kPi);
    proof.pop_back();
    EXPECT_FALSE(vrf_proof_from(proof));
    proof = *parse_hex(kPi);
    std::fill_n(proof.begin(), 32, std::uint8_t{0xFF});
    EXPECT_FALSE(vrf_proof_from(proof));
}

// Nobody made these through the parsers: verifying takes any octets all the same.
TEST(Vrf, unchecked_octets_do_not_verify) {
    const VrfPublicKey identity{};
    EXPECT_EQ(vrf_verify(identity, as_bytes("x"), VrfProof()).error().kind, ErrorKind::malformed);
    VrfPublicKey odd;
    odd.octets.fill(0xFF);
    EXPECT_FALSE(vrf_verify(odd, as_bytes("x"), the_key().prove(as_bytes("x")).proof));
    // All zero: Gamma is the identity, c and s are zero; every product on the way is the identity.
    EXPECT_EQ(vrf_verify(the_key().public_key(), as_bytes("x"), VrfProof()).error().kind,
              ErrorKind::bad_signature);
}

TEST(Vrf, secrets_out_of_range_are_refused) {
    EXPECT_FALSE(VrfKey::from_secret(Bytes(32, 0)));
    EXPECT_FALSE(VrfKey::from_secret(*parse_hex(kOrder)));
    EXPECT_FALSE(VrfKey::from_secret(Bytes(31, 1)));
    EXPECT_FALSE(VrfKey::from_seed(Bytes(31, 1)));
    Bytes largest = *parse_hex(kOrder);
    --largest.front();
    EXPECT_TRUE(VrfKey::from_secret(largest));
}

TEST(Vrf, a_stored_secret_is_the_same_key) {
    SeededRandom random(as_bytes("vrf"));
    const VrfKey key = VrfKey::generate(random);
    const auto again = VrfKey::from_secret(key.secret());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), key.public_key());
    EXPECT_NE(VrfKey::generate(random).public_key(), key.public_key());
    EXPECT_EQ(key_of(7).public_key(), key_of(7).public_key());
    EXPECT_NE(key_of(7).public_key(), key_of(8).public_key());
}

}  // namespace
}  // namespace kith
