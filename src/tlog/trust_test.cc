#include "tlog/trust.h"

#include <gtest/gtest.h>

#include "tlog/tlog_tests.h"

namespace kith {
namespace {

class CheckpointTrust : public ::testing::Test {
  protected:
    CheckpointTrust() { log_.grow(9); }

    // Two of the witnesses of 2.test, 3.test and 4.test.
    static WitnessPolicy two_of_three(const std::string& more = "") {
        std::string text = more;
        for (std::uint8_t number = 2; number <= 4; ++number)
            text += "witness w" + std::to_string(number) + " " + cosigner_of(number).vkey() + "\n";
        return *WitnessPolicy::parse(text + "group peers 2 w2 w3 w4\nquorum peers\n");
    }
    Result<std::vector<std::string>> check(const SignedCheckpoint& checkpoint) const {
        const std::vector<NamedKey> keys = {log_.named()};
        return check_checkpoint(checkpoint, {keys, policy_, now_});
    }
    void expect_refused(const SignedCheckpoint& checkpoint, ErrorKind kind, const char* where) {
        const auto result = check(checkpoint);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind);
        EXPECT_EQ(result.error().where, where);
    }

    TestLog log_;
    WitnessPolicy policy_ = two_of_three();
    Time now_ = kLogStart;
};

TEST_F(CheckpointTrust, a_quorum_of_witnesses_is_asked_for) {
    SignedCheckpoint checkpoint = log_.now();
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
    cosign_by(checkpoint, 3);
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
    cosign_by(checkpoint, 9);
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
    cosign_by(checkpoint, 2);
    EXPECT_EQ(*check(checkpoint), (std::vector<std::string>{"w2", "w3"}));
}

TEST_F(CheckpointTrust, witnesses_do_not_stand_in_for_the_log) {
    const Checkpoint text{log_.origin(), log_.head(9), {}};
    SignedCheckpoint checkpoint = *sign_checkpoint(text, key_of(99));
    cosign_by(checkpoint, {2, 3, 4});
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: signature");
}

TEST_F(CheckpointTrust, a_bad_cosignature_of_a_known_witness_refuses_all) {
    SignedCheckpoint checkpoint = log_.now();
    cosign_by(checkpoint, {2, 3});
    const CosignerKey four = cosigner_of(4);
    ASSERT_TRUE(checkpoint.note.add({four.name, four.id(), Bytes(72, 1)}));
    expect_refused(checkpoint, ErrorKind::bad_signature, "cosignature");
}

TEST_F(CheckpointTrust, old_cosignatures_and_those_of_the_future_do_not_count) {
    SignedCheckpoint checkpoint = log_.now();
    cosign_by(checkpoint, 2, now_ - kCosignatureLife);
    cosign_by(checkpoint, 3, now_ + kClockSkew);
    EXPECT_TRUE(check(checkpoint));
    now_ += Seconds(1);
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
    now_ -= Seconds(2);
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
    cosign_by(checkpoint, 3, now_);  // the future one is the latest, and still does not count
    expect_refused(checkpoint, ErrorKind::untrusted, "checkpoint: witnesses");
}

TEST_F(CheckpointTrust, a_log_is_not_witnessed_from_its_own_house) {
    TestLog own("2.test/kith/1/log");
    SignedCheckpoint checkpoint = own.grow(3).now();
    cosign_by(checkpoint, {2, 3});
    const std::vector<NamedKey> keys = {own.named()};
    EXPECT_FALSE(check_checkpoint(checkpoint, {keys, policy_, now_}));
    cosign_by(checkpoint, 4);
    EXPECT_EQ(*check_checkpoint(checkpoint, {keys, policy_, now_}),
              (std::vector<std::string>{"w3", "w4"}));
}

TEST_F(CheckpointTrust, a_key_in_the_policy_stands_in_for_the_published_ones) {
    const NamedKey pinned{log_.origin(), key_of(99).public_key()};
    policy_ = two_of_three("log " + pinned.vkey() + "\n");
    SignedCheckpoint published = log_.now();
    SignedCheckpoint ours = *sign_checkpoint({log_.origin(), log_.head(9), {}}, key_of(99));
    for (SignedCheckpoint* checkpoint : {&published, &ours})
        cosign_by(*checkpoint, {2, 3});
    expect_refused(published, ErrorKind::untrusted, "checkpoint: signature");
    EXPECT_TRUE(check(ours));
}

}  // namespace
}  // namespace kith
