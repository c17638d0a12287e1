#include "tlog/witness.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/random.h"
#include "tlog/tlog_tests.h"

namespace kith {
namespace {

using Outcome = Judgement::Outcome;

// The example of c2sp.org/tlog-witness; its second signature is of a key nobody knows.
const std::string kExample =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5"
    "Rovnzv++qbSzm9Q=\n";

TEST(AddCheckpoint, the_example_of_c2sp_is_read_and_written) {
    const auto request = parse_add_checkpoint(kExample);
    ASSERT_TRUE(request) << request.error().text();
    EXPECT_EQ(request->old_size, 20'852'014U);
    EXPECT_EQ(request->proof.size(), 4U);
    EXPECT_EQ(request->checkpoint.checkpoint.head.size, 20'852'163U);
    EXPECT_EQ(request->checkpoint.note.signatures().size(), 2U);
    EXPECT_EQ(write_add_checkpoint(*request), kExample);
}

TEST(AddCheckpoint, refusals_name_the_part) {
    const auto where_of = [](const std::string& body) {
        const auto request = parse_add_checkpoint(body);
        EXPECT_FALSE(request) << body;
        return request ? "" : request.error().where;
    };
    const std::string rest = kExample.substr(kExample.find('\n'));
    EXPECT_EQ(where_of(""), "add-checkpoint: old");
    EXPECT_EQ(where_of("new 1" + rest), "add-checkpoint: old");
    EXPECT_EQ(where_of("old 01" + rest), "add-checkpoint: old");
    EXPECT_EQ(where_of("old" + rest), "add-checkpoint: old");
    EXPECT_EQ(where_of("old 1\nAAAA\n\n"), "add-checkpoint: proof");
    EXPECT_EQ(where_of("old 1\n"), "add-checkpoint: proof");
    EXPECT_EQ(where_of("old 1\n\n"), "checkpoint: note");
    EXPECT_EQ(where_of(kExample.substr(0, kExample.size() - 1)), "checkpoint: note");
    EXPECT_EQ(where_of(kExample + std::string(kMaxAddCheckpoint, 'x')), "add-checkpoint");
    std::string long_proof = "old 1\n";
    for (int i = 0; i < 64; ++i)
        long_proof += sha256("x").base64_text() + "\n";
    EXPECT_EQ(parse_add_checkpoint(long_proof + "\n").error().kind, ErrorKind::limit);
}

class Witness : public ::testing::Test {
  protected:
    Witness() {
        log_.grow(40);
        known_.keys = {log_.named()};
    }

    static Outcome outcome(const Judgement& judgement) { return judgement.outcome; }
    AddCheckpoint request(std::uint64_t old_size, std::uint64_t size) const {
        return {old_size, log_.from(old_size, size), log_.at(size)};
    }
    // Asks, and remembers what is to be cosigned, as a witness does.
    Outcome ask(const AddCheckpoint& wish) {
        const Judgement judgement = judge(wish, &known_);
        if (judgement.outcome == Outcome::cosign)
            known_.newest = wish.checkpoint;
        return judgement.outcome;
    }

    TestLog log_;
    WitnessedLog known_;
};

TEST_F(Witness, a_log_is_cosigned_from_its_first_checkpoint_on) {
    EXPECT_EQ(ask(request(0, 5)), Outcome::cosign);
    EXPECT_EQ(ask(request(5, 5)), Outcome::cosign) << "the same again, for a new time";
    EXPECT_EQ(ask(request(5, 17)), Outcome::cosign);
    EXPECT_EQ(ask(request(17, 40)), Outcome::cosign);
    EXPECT_EQ(known_.newest->checkpoint.head.size, 40U);
}

TEST_F(Witness, an_empty_tree_is_cosigned_with_its_own_hash_alone) {
    EXPECT_EQ(ask(request(0, 0)), Outcome::cosign);
    EXPECT_EQ(ask(request(0, 0)), Outcome::cosign);
    AddCheckpoint odd = request(0, 0);
    odd.checkpoint = *sign_checkpoint({log_.origin(), {0, sha256("x")}, {}}, log_.key());
    known_.newest.reset();
    EXPECT_EQ(ask(odd), Outcome::bad_proof);
    EXPECT_EQ(ask(request(0, 5)), Outcome::cosign);
}

TEST_F(Witness, the_old_size_must_be_that_of_the_newest_checkpoint) {
    ASSERT_EQ(ask(request(0, 10)), Outcome::cosign);
    for (const std::uint64_t old_size : {0U, 5U, 9U, 11U}) {
        const Judgement judgement = judge(request(old_size, 20), &known_);
        EXPECT_EQ(judgement.outcome, Outcome::conflict);
        const WitnessAnswer answer = refusal(judgement);
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(answer.content_type, "text/x.tlog.size");
        EXPECT_EQ(answer.body, "10\n");
    }
}

TEST_F(Witness, nothing_rolls_a_log_back) {
    ASSERT_EQ(ask(request(0, 10)), Outcome::cosign);
    ASSERT_EQ(ask(request(10, 20)), Outcome::cosign);
    EXPECT_EQ(ask(request(10, 15)), Outcome::conflict);
    EXPECT_EQ(ask(request(0, 15)), Outcome::conflict);
    AddCheckpoint back = request(10, 15);
    back.old_size = 20;
    EXPECT_EQ(refusal(judge(back, &known_)).status, 400);
    EXPECT_EQ(known_.newest->checkpoint.head.size, 20U);
}

TEST_F(Witness, a_proof_that_does_not_hold_is_refused) {
    ASSERT_EQ(ask(request(0, 10)), Outcome::cosign);
    AddCheckpoint bad = request(10, 20);
    bad.proof.pop_back();
    EXPECT_EQ(refusal(judge(bad, &known_)).status, 422);
    bad = request(10, 20);
    bad.proof.front().octets[0] ^= 1;
    EXPECT_EQ(outcome(judge(bad, &known_)), Outcome::bad_proof);
    bad = request(10, 10);
    bad.proof.push_back(sha256("x"));
    EXPECT_EQ(outcome(judge(bad, &known_)), Outcome::bad_proof) << "none is needed";
    known_.newest.reset();
    bad = request(0, 20);
    bad.proof.push_back(sha256("x"));
    EXPECT_EQ(outcome(judge(bad, &known_)), Outcome::bad_proof) << "from nothing none is needed";
}

TEST_F(Witness, an_origin_that_is_not_known_is_not_found) {
    const Judgement judgement = judge(request(0, 5), nullptr);
    EXPECT_EQ(judgement.outcome, Outcome::unknown_origin);
    EXPECT_EQ(refusal(judgement).status, 404);
}

TEST_F(Witness, the_log_itself_must_have_signed) {
    known_.keys = {{log_.origin(), key_of(99).public_key()}};
    EXPECT_EQ(refusal(judge(request(0, 5), &known_)).status, 403);
    known_.keys = {{"two.test/kith/1/log", log_.key().public_key()}};
    EXPECT_EQ(outcome(judge(request(0, 5), &known_)), Outcome::bad_signature);
    known_.keys = {log_.named()};
    AddCheckpoint forged = request(0, 5);
    ASSERT_TRUE(forged.checkpoint.note.add({log_.origin(), log_.named().id(), Bytes(64, 1)}));
    EXPECT_EQ(outcome(judge(forged, &known_)), Outcome::bad_signature)
        << "a bad signature of a known key refuses the note, though a good one is there";
}

// The order of c2sp.org/tlog-witness: origin, signature, old size, conflict, proof.
TEST_F(Witness, checks_come_in_the_order_of_the_specification) {
    ASSERT_EQ(ask(request(0, 10)), Outcome::cosign);
    AddCheckpoint all_wrong = request(3, 20);
    all_wrong.old_size = 30;
    all_wrong.proof.clear();
    EXPECT_EQ(outcome(judge(all_wrong, nullptr)), Outcome::unknown_origin);
    WitnessedLog strange = known_;
    strange.keys = {{log_.origin(), key_of(99).public_key()}};
    EXPECT_EQ(outcome(judge(all_wrong, &strange)), Outcome::bad_signature);
    EXPECT_EQ(outcome(judge(all_wrong, &known_)), Outcome::old_too_large);
    all_wrong.old_size = 9;
    EXPECT_EQ(outcome(judge(all_wrong, &known_)), Outcome::conflict);
    all_wrong.old_size = 10;
    EXPECT_EQ(outcome(judge(all_wrong, &known_)), Outcome::bad_proof);
}

TEST_F(Witness, two_roots_for_one_size_are_kept_as_evidence) {
    ASSERT_EQ(ask(request(0, 10)), Outcome::cosign);
    TestLog other;
    other.grow(9).grow(1, "other");
    const AddCheckpoint second{10, {}, other.now()};
    const Judgement judgement = judge(second, &known_);
    EXPECT_EQ(judgement.outcome, Outcome::equivocation);
    EXPECT_EQ(refusal(judgement).status, 422);
    ASSERT_TRUE(judgement.evidence);
    EXPECT_TRUE(check_equivocation(*judgement.evidence, known_.keys));
    // Under an old size that does not fit the answer is another, the evidence the same.
    const Judgement from_nothing = judge({0, {}, other.now()}, &known_);
    EXPECT_EQ(from_nothing.outcome, Outcome::conflict);
    ASSERT_TRUE(from_nothing.evidence);
    EXPECT_TRUE(check_equivocation(*from_nothing.evidence, known_.keys));
}

TEST_F(Witness, what_is_accepted_is_cosigned_for_the_moment) {
    const SignedCheckpoint checkpoint = log_.at(10);
    const auto answer = acceptance(checkpoint, witness_name_of(2), key_of(2), kLogStart);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    const auto lines = parse_signatures(answer->body);
    ASSERT_TRUE(lines);
    SignedCheckpoint cosigned = checkpoint;
    for (const NoteSignature& line : *lines)
        ASSERT_TRUE(cosigned.note.add(line));
    const CosignerKey key = cosigner_of(2);
    EXPECT_EQ(*verify_cosignatures(cosigned.note, {&key, 1}),
              (std::vector<Cosignature>{{0, kLogStart}}));
    EXPECT_FALSE(acceptance(checkpoint, "a witness", key_of(2), kLogStart));
}

TEST(KnownSize, what_a_witness_answers_with_409_is_read) {
    const Judgement conflict{Outcome::conflict, 20'852'014, std::nullopt};
    EXPECT_EQ(*parse_known_size(refusal(conflict).body), 20'852'014U);
    EXPECT_EQ(*parse_known_size("0\n"), 0U);
    for (const char* bad :
         {"", "\n", "5", "05\n", "5\n\n", " 5\n", "5 \n", "-1\n", "99999999999999999999\n"})
        EXPECT_FALSE(parse_known_size(bad)) << bad;
}

// Whatever two faces of a log ask for, in whatever order: what a witness cosigns is one history.
TEST_F(Witness, cosigned_checkpoints_are_always_one_history) {
    TestLog other;
    other.grow(12).grow(28, "other");
    SeededRandom random(as_bytes("witness"));
    const auto pick = [&](std::uint64_t below) { return random.array<1>()[0] % below; };
    for (int round = 0; round < 40; ++round) {
        known_.newest.reset();
        std::vector<std::pair<const TestLog*, std::uint64_t>> cosigned;
        for (int step = 0; step < 60; ++step) {
            const TestLog& face = pick(2) == 0 ? log_ : other;
            const std::uint64_t size = pick(41);
            // Mostly the right old size, so that something goes through.
            const std::uint64_t known = known_.newest ? known_.newest->checkpoint.head.size : 0;
            const std::uint64_t old_size = std::min(pick(4) == 0 ? pick(41) : known, size);
            if (ask({old_size, face.from(old_size, size), face.at(size)}) == Outcome::cosign)
                cosigned.emplace_back(&face, size);
        }
        for (std::size_t i = 1; i < cosigned.size(); ++i) {
            const auto& [before, smaller] = cosigned[i - 1];
            const auto& [now, larger] = cosigned[i];
            EXPECT_LE(smaller, larger);
            EXPECT_EQ(before->head(smaller), now->head(smaller));
        }
    }
}

}  // namespace
}  // namespace kith
