#include "tlog/checkpoint.h"

#include <gtest/gtest.h>

#include "crypto/tiles.h"
#include "tlog/tlog_tests.h"

namespace kith {
namespace {

// The example of c2sp.org/tlog-checkpoint.
constexpr const char* kText =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr const char* kSignature =
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n";

std::string where_of(const std::string& text) {
    const auto checkpoint = parse_checkpoint(text);
    EXPECT_FALSE(checkpoint) << text;
    return checkpoint ? "" : checkpoint.error().where;
}

TEST(Checkpoint, the_example_of_c2sp_is_read) {
    const auto signed_one = read_checkpoint(std::string(kText) + "\n" + kSignature);
    ASSERT_TRUE(signed_one) << signed_one.error().text();
    const Checkpoint& checkpoint = signed_one->checkpoint;
    EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
    EXPECT_EQ(checkpoint.head.size, 20'852'163U);
    EXPECT_EQ(checkpoint.head.root.base64_text(), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    EXPECT_TRUE(checkpoint.extensions.empty());
    EXPECT_EQ(write_checkpoint(checkpoint), kText);
    EXPECT_EQ(signed_one->note.signatures().at(0).key_id, 0x033de0aeU);
}

TEST(Checkpoint, extension_lines_are_kept) {
    const std::string text = std::string(kText) + "one\ntwo + more\n";
    const auto checkpoint = parse_checkpoint(text);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->extensions, (std::vector<std::string>{"one", "two + more"}));
    EXPECT_EQ(write_checkpoint(*checkpoint), text);
}

TEST(Checkpoint, refusals_name_the_line) {
    const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    EXPECT_EQ(where_of(""), "checkpoint: origin");
    EXPECT_EQ(where_of("\n1\n" + root), "checkpoint: origin");
    EXPECT_EQ(where_of(std::string(256, 'x') + "\n1\n" + root), "checkpoint: origin");
    EXPECT_EQ(where_of("a\n"), "checkpoint: size");
    for (const char* size : {"", "01", "-1", "+1", " 1", "1 ", "1.0", "9223372036854775808"})
        EXPECT_EQ(where_of("a\n" + std::string(size) + "\n" + root), "checkpoint: size") << size;
    EXPECT_EQ(where_of("a\n1\n"), "checkpoint: root");
    EXPECT_EQ(where_of("a\n1\nCsUY\n"), "checkpoint: root");
    EXPECT_EQ(where_of("a\n1\n" + root.substr(0, 43) + "\n"), "checkpoint: root");
    EXPECT_EQ(where_of("a\n1\n" + root + "\n"), "checkpoint: extension");
    EXPECT_EQ(where_of("a\n1\n" + root + "x"), "checkpoint: extension");
    std::string many = "a\n1\n" + root;
    for (int i = 0; i < 17; ++i)
        many += "x\n";
    EXPECT_EQ(parse_checkpoint(many).error().kind, ErrorKind::limit);
}

TEST(Checkpoint, the_largest_size_is_that_of_a_signed_number) {
    const Checkpoint largest{"a", {kMaxTreeSize, sha256("x")}, {}};
    EXPECT_EQ(*parse_checkpoint(write_checkpoint(largest)), largest);
    EXPECT_EQ(std::to_string(kMaxTreeSize), "9223372036854775807");
}

TEST(Checkpoint, the_log_signs_under_its_origin) {
    TestLog log;
    const SignedCheckpoint checkpoint = log.grow(5).now();
    const std::vector<NamedKey> keys = {log.named()};
    EXPECT_TRUE(signed_by_log(checkpoint, keys));
    EXPECT_EQ(checkpoint.checkpoint.head, log.head(5));
    const Checkpoint spaced{"a log", log.head(5), {}};
    EXPECT_FALSE(sign_checkpoint(spaced, log.key())) << "no name for a key";
}

TEST(Checkpoint, keys_of_other_names_do_not_speak_for_the_log) {
    TestLog log;
    SignedCheckpoint checkpoint = log.grow(5).now();
    const NamedKey other{"two.test/kith/1/log", key_of(71).public_key()};
    ASSERT_TRUE(checkpoint.note.cosign(other.name, key_of(71)));
    EXPECT_EQ(signed_by_log(checkpoint, {&other, 1}).error().kind, ErrorKind::untrusted);
    EXPECT_EQ(signed_by_log(checkpoint, {}).error().kind, ErrorKind::untrusted);
    const std::vector<NamedKey> both = {other, log.named()};
    EXPECT_TRUE(signed_by_log(checkpoint, both));
}

TEST(Checkpoint, one_of_several_keys_suffices_and_a_bad_signature_refuses_all) {
    TestLog log;
    SignedCheckpoint checkpoint = log.grow(5).now();
    const std::vector<NamedKey> rotated = {{log.origin(), key_of(71).public_key()}, log.named()};
    EXPECT_TRUE(signed_by_log(checkpoint, rotated));
    const NoteSignature forged{log.origin(), rotated[0].id(), Bytes(64, 1)};
    ASSERT_TRUE(checkpoint.note.add(forged));
    const auto result = signed_by_log(checkpoint, rotated);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::bad_signature);
    EXPECT_EQ(result.error().where, "checkpoint: signature");
}

}  // namespace
}  // namespace kith
