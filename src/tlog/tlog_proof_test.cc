#include "tlog/tlog_proof.h"

#include <gtest/gtest.h>

#include "tlog/tlog_tests.h"

namespace kith {
namespace {

// The example of c2sp.org/tlog-proof; signatures, which are cut there, are made up.
const std::string kHead =
    "c2sp.org/tlog-proof@v1\n"
    "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\n"
    "index 73894\n"
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n";
const std::string kCheckpoint =
    "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n"
    "\xE2\x80\x94 example.com/fancylog hI2DJwAAAAA=\n"
    "\xE2\x80\x94 witness1.example mJirIgAAAAA=\n";

std::string where_of(const std::string& text) {
    const auto proof = parse_tlog_proof(text);
    EXPECT_FALSE(proof) << text;
    return proof ? "" : proof.error().where;
}

Result<void> included(const TlogProof& proof, const Hash& leaf) {
    return check_inclusion(proof.checkpoint.checkpoint, proof.index, leaf, proof.path);
}

TEST(TlogProof, the_example_of_c2sp_is_read_and_written) {
    const auto proof = parse_tlog_proof(kHead + "\n" + kCheckpoint);
    ASSERT_TRUE(proof) << proof.error().text();
    EXPECT_EQ(to_text(proof->extra), "age-v1.2.1-darwin-arm64.tar.gz");
    EXPECT_EQ(proof->index, 73'894U);
    EXPECT_EQ(proof->path.size(), 5U);
    EXPECT_EQ(proof->checkpoint.checkpoint.origin, "example.com/fancylog");
    EXPECT_EQ(proof->checkpoint.note.octets(), kCheckpoint);
    EXPECT_EQ(write_tlog_proof(*proof), kHead + "\n" + kCheckpoint);
}

TEST(TlogProof, extra_and_path_may_be_absent) {
    const std::string text = "c2sp.org/tlog-proof@v1\nindex 0\n\n" + kCheckpoint;
    const auto proof = parse_tlog_proof(text);
    ASSERT_TRUE(proof) << proof.error().text();
    EXPECT_TRUE(proof->extra.empty());
    EXPECT_TRUE(proof->path.empty());
    EXPECT_EQ(write_tlog_proof(*proof), text);
}

TEST(TlogProof, what_is_in_the_log_is_shown_to_be_and_nothing_else) {
    TestLog log;
    log.grow(300);
    for (const std::uint64_t index : {0U, 17U, 255U, 256U, 299U}) {
        TileTree tree(log.tiles(), 300);
        const TlogProof made{{}, index, *tree.inclusion_proof(index), log.now()};
        const TlogProof proof = *parse_tlog_proof(write_tlog_proof(made));
        EXPECT_TRUE(included(proof, log.leaves()[index]));
        const auto other = included(proof, log.leaves()[(index + 1) % 300]);
        ASSERT_FALSE(other);
        EXPECT_EQ(other.error().kind, ErrorKind::bad_signature);
        EXPECT_EQ(other.error().where, "proof: path");
        TlogProof elsewhere = proof;
        elsewhere.index = (index + 1) % 300;
        EXPECT_FALSE(included(elsewhere, log.leaves()[index]));
        TlogProof later = proof;
        later.checkpoint = log.at(299);
        EXPECT_FALSE(included(later, log.leaves()[index]));
    }
}

TEST(TlogProof, an_index_outside_the_tree_is_nothing) {
    TestLog log;
    const TlogProof proof{{}, 5, {}, log.grow(5).now()};
    EXPECT_FALSE(included(proof, log.leaves()[4]));
}

TEST(TlogProof, refusals_name_the_part) {
    const std::string first = "c2sp.org/tlog-proof@v1\n";
    EXPECT_EQ(where_of(""), "proof: type");
    EXPECT_EQ(where_of("c2sp.org/tlog-proof@v2\nindex 0\n\n" + kCheckpoint), "proof: type");
    EXPECT_EQ(where_of(first), "proof: index");
    EXPECT_EQ(where_of(first + "extra \nindex 0\n\n" + kCheckpoint), "proof: extra");
    EXPECT_EQ(where_of(first + "extra AAB=\nindex 0\n\n" + kCheckpoint), "proof: extra");
    EXPECT_EQ(where_of(first + "extra AAAA\nextra AAAA\nindex 0\n\n" + kCheckpoint),
              "proof: index");
    EXPECT_EQ(where_of(first + "index 00\n\n" + kCheckpoint), "proof: index");
    EXPECT_EQ(where_of(first + "index 9223372036854775807\n\n" + kCheckpoint), "proof: index");
    EXPECT_EQ(where_of(first + "Index 0\n\n" + kCheckpoint), "proof: index");
    EXPECT_EQ(where_of(first + "index 0\n" + kCheckpoint), "proof: path");
    EXPECT_EQ(where_of(first + "index 0\nAAAA\n\n" + kCheckpoint), "proof: path");
    EXPECT_EQ(where_of(first + "index 0\n"), "proof: path");
    EXPECT_EQ(where_of(first + "index 0\n\n"), "checkpoint: note");
    EXPECT_EQ(where_of(first + "index 0\n\n\n" + kCheckpoint), "checkpoint: origin");
    EXPECT_EQ(where_of(first + "index 0\n\n" + kCheckpoint.substr(5, 40)), "checkpoint: note");
    EXPECT_EQ(where_of(kHead + std::string(kMaxTlogProof, 'x')), "proof");
}

TEST(TlogProof, takes_63_hashes_and_no_more) {
    const auto with = [](std::size_t hashes) {
        std::string text = "c2sp.org/tlog-proof@v1\nindex 0\n";
        for (std::size_t i = 0; i < hashes; ++i)
            text += sha256("x").base64_text() + "\n";
        return parse_tlog_proof(text + "\n" + kCheckpoint);
    };
    EXPECT_TRUE(with(63));
    EXPECT_EQ(with(64).error().kind, ErrorKind::limit);
}

}  // namespace
}  // namespace kith
