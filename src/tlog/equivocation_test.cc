#include "tlog/equivocation.h"

#include <gtest/gtest.h>

#include "tlog/tlog_tests.h"

namespace kith {
namespace {

class EquivocationTest : public ::testing::Test {
  protected:
    EquivocationTest() {
        honest_.grow(300);
        // Another history from the leaf 100 on.
        other_.grow(100).grow(200, "other");
    }
    void expect_refused(const Equivocation& evidence, ErrorKind kind, const char* where) const {
        const auto result = check_equivocation(evidence, keys_);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind);
        EXPECT_EQ(result.error().where, where);
    }
    static std::string where_of(const std::string& text) {
        const auto evidence = parse_equivocation(text);
        EXPECT_FALSE(evidence) << text;
        return evidence ? "" : evidence.error().where;
    }

    TestLog honest_;
    TestLog other_;
    std::vector<NamedKey> keys_{honest_.named()};
};

TEST_F(EquivocationTest, two_roots_for_one_size_convict) {
    const auto evidence = find_equivocation(honest_.at(200), other_.at(200));
    ASSERT_TRUE(evidence);
    EXPECT_TRUE(check_equivocation(*evidence, keys_));
    EXPECT_FALSE(evidence->prefix);
}

TEST_F(EquivocationTest, what_may_both_be_true_is_no_evidence) {
    EXPECT_FALSE(find_equivocation(honest_.at(200), honest_.at(200)));
    EXPECT_FALSE(find_equivocation(honest_.at(100), other_.at(100))) << "not parted yet";
    EXPECT_FALSE(find_equivocation(honest_.at(200), other_.at(201)));
    TestLog foreign("two.test/kith/1/log");
    foreign.grow(200, "foreign");
    EXPECT_FALSE(find_equivocation(honest_.at(200), foreign.at(200)));
    expect_refused({honest_.at(200), honest_.at(200), {}}, ErrorKind::untrusted, "equivocation");
}

TEST_F(EquivocationTest, a_history_that_was_rewritten_convicts_by_the_larger_trees_tiles) {
    for (const std::uint64_t size : {101U, 128U, 200U, 255U, 256U, 299U}) {
        const auto evidence = find_equivocation(honest_.at(size), other_.now(), other_.tiles());
        ASSERT_TRUE(evidence) << evidence.error().text();
        ASSERT_TRUE(*evidence) << size;
        EXPECT_TRUE(check_equivocation(**evidence, keys_)) << size;
        EXPECT_EQ((*evidence)->prefix->root, other_.head(size).root);
    }
    for (const std::uint64_t size : {0U, 1U, 64U, 100U, 300U}) {
        const auto none = find_equivocation(
            size == 300 ? other_.now() : honest_.at(size), other_.now(), other_.tiles());
        ASSERT_TRUE(none) << none.error().text();
        EXPECT_FALSE(*none) << size;
    }
}

TEST_F(EquivocationTest, tiles_of_another_tree_are_no_evidence) {
    const auto refused = find_equivocation(honest_.at(200), other_.now(), honest_.tiles());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::untrusted);
    // Right at the edge, wrong inside: the root holds, what is proven of the past does not.
    other_.tiles().tiles[{0, 0}][7] = sha256("x");
    const auto inside = find_equivocation(honest_.at(200), other_.now(), other_.tiles());
    ASSERT_FALSE(inside);
    EXPECT_EQ(inside.error().kind, ErrorKind::untrusted);
}

TEST_F(EquivocationTest, an_honest_log_cannot_be_convicted) {
    const SignedCheckpoint then = honest_.at(200);
    const SignedCheckpoint now = honest_.now();
    const std::vector<Hash> proof = honest_.from(200, 300);
    expect_refused({then, now, Equivocation::Prefix{honest_.head(200).root, proof}},
                   ErrorKind::untrusted,
                   "equivocation");
    expect_refused({then, now, Equivocation::Prefix{sha256("x"), proof}},
                   ErrorKind::untrusted,
                   "equivocation");
    expect_refused({then, other_.now(), Equivocation::Prefix{other_.head(200).root, proof}},
                   ErrorKind::untrusted,
                   "equivocation");
    // Somebody else's signature convicts nobody.
    TestLog impostor(honest_.origin(), 99);
    impostor.grow(200, "impostor");
    expect_refused({then, impostor.now(), {}}, ErrorKind::untrusted, "checkpoint: signature");
    expect_refused({impostor.now(), then, {}}, ErrorKind::untrusted, "checkpoint: signature");
}

TEST_F(EquivocationTest, the_rules_of_form_hold_for_what_was_not_read_from_text) {
    const Equivocation::Prefix prefix{other_.head(200).root, other_.from(200, 300)};
    expect_refused({honest_.at(200), other_.now(), {}}, ErrorKind::malformed, "equivocation: root");
    expect_refused(
        {honest_.at(200), other_.at(200), prefix}, ErrorKind::malformed, "equivocation: root");
    expect_refused(
        {other_.now(), honest_.at(200), prefix}, ErrorKind::malformed, "equivocation: checkpoint");
    TestLog foreign("two.test/kith/1/log");
    foreign.grow(200, "foreign");
    expect_refused(
        {honest_.at(200), foreign.now(), {}}, ErrorKind::malformed, "equivocation: origin");
}

TEST_F(EquivocationTest, keys_that_were_changed_between_the_two_count_both) {
    TestLog later(honest_.origin(), 71);
    later.grow(200, "later");
    const Equivocation evidence{honest_.at(200), later.now(), {}};
    EXPECT_FALSE(check_equivocation(evidence, keys_));
    keys_.push_back(later.named());
    EXPECT_TRUE(check_equivocation(evidence, keys_));
}

TEST_F(EquivocationTest, evidence_is_text_that_reads_back) {
    SignedCheckpoint cosigned = other_.at(200);
    cosign_by(cosigned, 2);
    const auto same_size = find_equivocation(honest_.at(200), cosigned);
    const auto rewritten = find_equivocation(honest_.at(200), other_.now(), other_.tiles());
    for (const Equivocation& evidence : {*same_size, **rewritten}) {
        const std::string text = write_equivocation(evidence);
        EXPECT_TRUE(text.starts_with("kith/1 equivocation\norigin one.test/kith/1/log\n"));
        const auto read = parse_equivocation(text);
        ASSERT_TRUE(read) << read.error().text();
        EXPECT_EQ(write_equivocation(*read), text);
        EXPECT_EQ(read->prefix, evidence.prefix);
        EXPECT_TRUE(check_equivocation(*read, keys_));
    }
}

TEST_F(EquivocationTest, refusals_name_the_part) {
    const std::string one = honest_.at(200).note.octets();
    const std::string two = other_.at(200).note.octets();
    const std::string three = other_.now().note.octets();
    const auto part = [](const std::string& note) {
        return "checkpoint " + std::to_string(note.size()) + "\n" + note;
    };
    const std::string head = "kith/1 equivocation\norigin one.test/kith/1/log\n";
    const std::string root = "root " + sha256("x").text() + "\n";
    const std::string both = "\n" + part(one) + part(two);
    ASSERT_TRUE(parse_equivocation(head + both));
    EXPECT_EQ(where_of(""), "equivocation: note");
    EXPECT_EQ(where_of("kith/1 card\n" + both), "equivocation: type");
    EXPECT_EQ(where_of("kith/1 equivocation\n" + both), "equivocation: origin");
    EXPECT_EQ(where_of("kith/1 equivocation\norigin two.test\n" + both), "equivocation: origin");
    EXPECT_EQ(where_of(head + "more\n" + both), "equivocation: field");
    EXPECT_EQ(where_of(head + root + both), "equivocation: root");
    EXPECT_EQ(where_of(head + "proof " + sha256("x").text() + "\n" + both), "equivocation: proof");
    EXPECT_EQ(where_of(head + "\n" + part(one) + part(three)), "equivocation: root");
    EXPECT_EQ(where_of(head + root + "\n" + part(three) + part(one)), "equivocation: checkpoint");
    EXPECT_EQ(where_of(head + "\n" + part(one)), "equivocation: checkpoint");
    EXPECT_EQ(where_of(head + both + "\n"), "equivocation: checkpoint");
    EXPECT_EQ(where_of(head + both.substr(0, both.size() - 1)), "equivocation: checkpoint");
    EXPECT_EQ(where_of(head + "\ncheckpoint 0\n" + part(two)), "checkpoint: note");
    EXPECT_EQ(where_of(head + "\ncheckpoint 010\n" + part(two)), "equivocation: checkpoint");
    EXPECT_EQ(where_of(head + std::string(kMaxEquivocation, 'x')), "equivocation");
    std::string long_proof = head + root;
    for (int i = 0; i < 64; ++i)
        long_proof += "proof " + sha256("x").text() + "\n";
    EXPECT_EQ(parse_equivocation(long_proof + both).error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith
