#include "identity/directory_proof.h"

#include <gtest/gtest.h>

#include "identity/directory_tests.h"

namespace kith {
namespace {

class DirectoryProofTest : public ::testing::Test {
  protected:
    DirectoryProofTest() {
        for (int i = 0; i < 300; ++i)
            directory_.list(*Address::parse("person" + std::to_string(i) + "@one.test"), "card");
        index_ = directory_.list(kAlice, "alice 1");
        directory_.list(kBob, "bob 1");
        std::string text;
        for (std::uint8_t number = 2; number <= 4; ++number)
            text += "witness w" + std::to_string(number) + " " + cosigner_of(number).vkey() + "\n";
        policy_ = *WitnessPolicy::parse(text + "group peers 2 w2 w3 w4\nquorum peers\n");
    }
    DirectoryProof proof() { return directory_.prove(kAlice, index_); }
    Result<std::vector<std::string>> verify(const DirectoryProof& proof) const {
        return verify_directory_proof(
            proof, kAlice, sha256("alice 1"), {keys_, policy_, kLogStart});
    }
    void expect_refused(const DirectoryProof& proof, const char* where) const {
        const auto result = verify(proof);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().where, where) << result.error().text();
    }
    static std::string where_of(const std::string& text) {
        const auto proof = parse_directory_proof(text);
        EXPECT_FALSE(proof);
        return proof ? "" : proof.error().where;
    }

    TestDirectory directory_;
    std::uint64_t index_ = 0;
    WitnessPolicy policy_;
    std::vector<NamedKey> keys_{directory_.log().named()};
};

TEST_F(DirectoryProofTest, a_listed_card_is_proven_to_whoever_has_keys_and_policy) {
    const auto read = parse_directory_proof(write_directory_proof(proof()));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*verify(*read), (std::vector<std::string>{"w2", "w3"}));
}

TEST_F(DirectoryProofTest, another_card_or_address_is_not) {
    const auto for_card =
        verify_directory_proof(proof(), kAlice, sha256("alice 2"), {keys_, policy_, kLogStart});
    ASSERT_FALSE(for_card);
    EXPECT_EQ(for_card.error().where, "proof: path");
    const auto for_bob =
        verify_directory_proof(proof(), kBob, sha256("alice 1"), {keys_, policy_, kLogStart});
    ASSERT_FALSE(for_bob);
    EXPECT_EQ(for_bob.error().where, "proof: vrf");
    const auto elsewhere = verify_directory_proof(
        proof(), *Address::parse("alice@two.test"), sha256("alice 1"), {keys_, policy_, kLogStart});
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().where, "checkpoint: origin");
}

TEST_F(DirectoryProofTest, every_part_is_held_against_the_checkpoint) {
    DirectoryProof changed = proof();
    changed.index = index_ - 1;
    expect_refused(changed, "proof: path");
    changed = proof();
    changed.path.pop_back();
    expect_refused(changed, "proof: path");
    changed = proof();
    changed.path.front().octets[3] ^= 1;
    expect_refused(changed, "proof: path");
    changed = proof();
    changed.key_path.front().octets[3] ^= 1;
    expect_refused(changed, "proof: key");
    changed = proof();
    changed.vrf = directory_.vrf().prove(as_bytes(kBob.text())).proof;
    expect_refused(changed, "proof: vrf");
    changed = proof();
    changed.checkpoint = directory_.log().now();
    expect_refused(changed, "checkpoint: witnesses");
    changed = proof();
    changed.checkpoint = directory_.log().at(5);
    cosign_by(changed.checkpoint, {2, 3});
    expect_refused(changed, "proof: key");
}

// A domain that lists a card under a label which the owner does not follow.
TEST_F(DirectoryProofTest, another_vrf_key_than_the_logs_first_entry_proves_nothing) {
    const VrfKey second = vrf_of(9);
    const auto proven = second.prove(as_bytes(kAlice.text()));
    DirectoryProof hidden = proof();
    hidden.key = second.public_key();
    hidden.vrf = proven.proof;
    expect_refused(hidden, "proof: key");
}

TEST_F(DirectoryProofTest, the_log_and_its_witnesses_must_stand_behind_it) {
    keys_ = log_keys("one.test", std::vector{key_of(99).public_key()});
    expect_refused(proof(), "checkpoint: signature");
    keys_ = {directory_.log().named()};
    EXPECT_TRUE(verify(proof()));
    policy_ = *WitnessPolicy::parse("witness w " + cosigner_of(9).vkey() + "\nquorum w\n");
    expect_refused(proof(), "checkpoint: witnesses");
    policy_ = WitnessPolicy();
    EXPECT_TRUE(verify(proof())->empty());
}

TEST_F(DirectoryProofTest, what_leads_to_the_entry_is_in_the_extra_of_a_tlog_proof) {
    const DirectoryProof made = proof();
    const TlogProof generic = *parse_tlog_proof(write_directory_proof(made));
    EXPECT_EQ(generic.index, index_);
    EXPECT_EQ(generic.path, made.path);
    EXPECT_EQ(generic.extra.size(), 32U + 80 + 32 * made.key_path.size());
    EXPECT_EQ(hex(ByteView(generic.extra).first(32)), hex(directory_.vrf().public_key().view()));
    EXPECT_EQ(hex(ByteView(generic.extra).subspan(32, 80)), hex(made.vrf.view()));
    EXPECT_EQ(hex(ByteView(generic.extra).subspan(112, 32)), made.key_path[0].hex_text());
    const Hash leaf = DirectoryEntry::of_card(directory_.label(kAlice), sha256("alice 1")).leaf();
    EXPECT_TRUE(check_inclusion(generic.checkpoint.checkpoint, generic.index, leaf, generic.path));
}

TEST_F(DirectoryProofTest, an_extra_that_is_something_else_is_refused) {
    TlogProof generic = *parse_tlog_proof(write_directory_proof(proof()));
    const Bytes good = generic.extra;
    const auto with = [&](Bytes extra) {
        generic.extra = std::move(extra);
        return where_of(write_tlog_proof(generic));
    };
    EXPECT_EQ(with({}), "proof: extra");
    EXPECT_EQ(with(Bytes(good.begin(), good.begin() + 111)), "proof: extra");
    EXPECT_EQ(with(Bytes(good.begin(), good.end() - 1)), "proof: extra");
    Bytes long_one(good.begin(), good.begin() + 112);
    long_one.resize(112 + 64 * 32);
    EXPECT_EQ(with(long_one), "proof: extra");
    Bytes no_key = good;
    std::fill_n(no_key.begin(), 32, std::uint8_t{0});
    EXPECT_EQ(with(no_key), "proof: key");
    Bytes no_vrf = good;
    std::fill_n(no_vrf.begin() + 32, 80, std::uint8_t{0xFF});
    EXPECT_EQ(with(no_vrf), "proof: vrf");
}

TEST_F(DirectoryProofTest, tiles_that_cannot_be_read_are_an_error) {
    TestLog log;
    log.grow(300);
    log.tiles().tiles.erase({0, 1});
    TileTree tree(log.tiles(), 300);
    const auto made =
        make_directory_proof(tree, log.now(), directory_.vrf().public_key(), VrfProof(), 299);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace kith
