#include "tlog/cosignature.h"

#include <gtest/gtest.h>

#include "tlog/tlog_tests.h"

namespace kith {
namespace {

// The example of c2sp.org/tlog-cosignature; its key is not published.
constexpr const char* kExample =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "\xE2\x80\x94 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
    "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
constexpr const char* kMessage =
    "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

std::vector<CosignerKey> cosigners(std::initializer_list<std::uint8_t> numbers) {
    std::vector<CosignerKey> keys;
    for (const std::uint8_t number : numbers)
        keys.push_back(cosigner_of(number));
    return keys;
}

TEST(Cosignature, the_example_of_c2sp_is_laid_out_so) {
    const auto note = SignedNote::parse(kExample);
    ASSERT_TRUE(note);
    const NoteSignature& line = note->signatures().at(1);
    EXPECT_EQ(line.octets.size(), 8U + 64);
    EXPECT_EQ(hex(ByteView(line.octets).first(8)), "00000000641850cb");
    EXPECT_EQ(cosigned_text(note->text(), Time(Seconds(0x641850cb))), kMessage);
}

TEST(Cosignature, what_is_signed_is_the_message_of_c2sp) {
    const SignedNote note = *SignedNote::parse(kExample);
    const Time time(Seconds(1'679'315'147));
    const auto line = cosign(note, "witness.example.com/w2", key_of(2), time);
    ASSERT_TRUE(line);
    EXPECT_EQ(hex(ByteView(line->octets).first(8)), "00000000641850cb");
    EXPECT_TRUE(
        verify(key_of(2).public_key(), as_bytes(kMessage), ByteView(line->octets).subspan(8)));
    std::string hashed = "witness.example.com/w2\n\x04";
    hashed += as_text(key_of(2).public_key().view());
    EXPECT_EQ(hex(sha256(hashed).view().first(4)),
              hex(Bytes{static_cast<std::uint8_t>(line->key_id >> 24),
                        static_cast<std::uint8_t>(line->key_id >> 16),
                        static_cast<std::uint8_t>(line->key_id >> 8),
                        static_cast<std::uint8_t>(line->key_id)}));
}

TEST(Cosignature, everybody_known_who_cosigned_is_told_with_the_time) {
    SignedCheckpoint checkpoint = TestLog().grow(3).now();
    cosign_by(checkpoint, 4, kLogStart + Seconds(7));
    cosign_by(checkpoint, 2);
    const auto found = verify_cosignatures(checkpoint.note, cosigners({2, 3, 4}));
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (std::vector<Cosignature>{{0, kLogStart}, {2, kLogStart + Seconds(7)}}));
    EXPECT_TRUE(verify_cosignatures(checkpoint.note, cosigners({3}))->empty());
}

TEST(Cosignature, of_several_by_one_witness_the_latest_counts) {
    SignedCheckpoint checkpoint = TestLog().grow(3).now();
    for (const int later : {5, 9, 2})
        cosign_by(checkpoint, 2, kLogStart + Seconds(later));
    const auto found = verify_cosignatures(checkpoint.note, cosigners({2}));
    EXPECT_EQ(*found, (std::vector<Cosignature>{{0, kLogStart + Seconds(9)}}));
}

TEST(Cosignature, it_holds_for_its_checkpoint_and_time_alone) {
    TestLog log;
    const SignedCheckpoint other = log.grow(3).now();
    const NoteSignature line = *cosign(other.note, witness_name_of(2), key_of(2), kLogStart);
    SignedCheckpoint checkpoint = log.grow(1).now();
    ASSERT_TRUE(checkpoint.note.add(line));
    EXPECT_EQ(verify_cosignatures(checkpoint.note, cosigners({2})).error().kind,
              ErrorKind::bad_signature);
    for (const std::size_t octet : {7U, 8U, 71U}) {
        SignedCheckpoint changed = log.at(3);
        NoteSignature bad = line;
        bad.octets[octet] ^= 1;
        ASSERT_TRUE(changed.note.add(bad));
        const auto result = verify_cosignatures(changed.note, cosigners({2}));
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().where, "cosignature");
    }
}

TEST(Cosignature, odd_lengths_and_times_beyond_63_bits_do_not_verify) {
    TestLog log;
    log.grow(3);
    const NoteSignature good = *cosign(log.now().note, witness_name_of(2), key_of(2), kLogStart);
    for (Bytes octets : {Bytes(good.octets.begin(), good.octets.end() - 1),
                         Bytes(good.octets.begin(), good.octets.begin() + 7),
                         Bytes(72, 0xFF)}) {
        SignedCheckpoint checkpoint = log.now();
        ASSERT_TRUE(checkpoint.note.add({good.key_name, good.key_id, std::move(octets)}));
        EXPECT_EQ(verify_cosignatures(checkpoint.note, cosigners({2})).error().kind,
                  ErrorKind::bad_signature);
    }
}

// The same key may sign notes of its own domain: neither passes for the other.
TEST(Cosignature, an_ordinary_signature_of_the_key_is_no_cosignature) {
    SignedCheckpoint checkpoint = TestLog().grow(3).now();
    ASSERT_TRUE(checkpoint.note.cosign(witness_name_of(2), key_of(2)));
    EXPECT_TRUE(verify_cosignatures(checkpoint.note, cosigners({2}))->empty());
    SignedCheckpoint cosigned = TestLog().grow(3).now();
    cosign_by(cosigned, 2);
    const NamedKey key{witness_name_of(2), key_of(2).public_key()};
    EXPECT_EQ(verify_note(cosigned.note, key).error().kind, ErrorKind::untrusted);
}

TEST(Cosignature, a_witness_needs_the_name_of_a_key) {
    EXPECT_FALSE(cosign(TestLog().grow(3).now().note, "a witness", key_of(2), kLogStart));
}

}  // namespace
}  // namespace kith
