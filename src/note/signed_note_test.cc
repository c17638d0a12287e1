#include "note/signed_note.h"

#include <gtest/gtest.h>

#include "note/note_tests.h"

namespace kith {
namespace {

constexpr const char* kVkey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr const char* kExample =
    "This is an example message.\n\n"
    "\xE2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOB"
    "H3mFXmRKuwHjG1Yu72IneyaQM=\n";
// The other example of the C2SP text: an empty line inside the text, letters beyond ASCII.
constexpr const char* kPoem =
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n\n"
    "ed \xC3\xA8 subito sera.\n\n"
    "\xE2\x80\x94 quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJK"
    "ONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

NamedKey named(const std::string& name, const SigningKey& key) {
    return {name, key.public_key()};
}

TEST(SignedNote, the_example_of_c2sp_verifies) {
    const auto key = NamedKey::parse_vkey(kVkey);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->id(), 0x530d903aU);
    EXPECT_EQ(key->vkey(), kVkey);
    const auto note = SignedNote::parse(kExample);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->text(), "This is an example message.\n");
    EXPECT_TRUE(verify_note(*note, *key));
}

TEST(SignedNote, the_last_empty_line_parts_text_and_signatures) {
    const auto note = SignedNote::parse(kPoem);
    ASSERT_TRUE(note);
    EXPECT_TRUE(note->text().ends_with("sera.\n"));
    EXPECT_EQ(note->signatures().at(0).key_name, "quasimodo.example/salvatore");
    EXPECT_EQ(note->signatures().at(0).key_id, 0x367ba04bU);
    EXPECT_EQ(note->octets(), kPoem);
}

TEST(SignedNote, one_changed_octet_of_the_text_is_a_bad_signature) {
    std::string octets = kExample;
    octets[0] = 't';
    const auto result = verify_note(*SignedNote::parse(octets), *NamedKey::parse_vkey(kVkey));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::bad_signature);
}

TEST(SignedNote, every_known_key_that_signed_is_told) {
    const SigningKey one = key_of(1);
    const SigningKey two = key_of(2);
    const SigningKey three = key_of(3);
    SignedNote note = *SignedNote::sign("text\n", "a/one", one);
    const Hash before = note.hash();
    ASSERT_TRUE(note.cosign("a/three", three));
    EXPECT_EQ(note.hash(), before) << "a note keeps its name when somebody cosigns it";
    const std::vector<NamedKey> known = {
        named("a/one", one), named("a/two", two), named("a/three", three)};
    const auto signers = verify_note(note, known);
    ASSERT_TRUE(signers);
    EXPECT_EQ(*signers, (std::vector<std::size_t>{0, 2}));
}

TEST(SignedNote, unknown_signatures_are_ignored_but_one_known_must_be_there) {
    SignedNote note = *SignedNote::sign("text\n", "a/one", key_of(1));
    const auto result = verify_note(note, named("a/two", key_of(2)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::untrusted);
    ASSERT_TRUE(note.cosign("a/two", key_of(2)));
    EXPECT_TRUE(verify_note(note, named("a/two", key_of(2))));
}

TEST(SignedNote, same_name_with_another_key_is_an_unknown_signature) {
    const SignedNote note = *SignedNote::sign("text\n", "a/one", key_of(1));
    const auto result = verify_note(note, named("a/one", key_of(2)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::untrusted);
}

TEST(SignedNote, a_bad_signature_of_a_known_key_refuses_the_whole_note) {
    const SigningKey one = key_of(1);
    SignedNote note = *SignedNote::sign("text\n", "a/one", one);
    const SignedNote other = *SignedNote::sign("other text\n", "a/two", key_of(2));
    const std::string line(other.octets().substr(other.text().size() + 1));
    const SignedNote mixed = *SignedNote::parse(note.octets() + line);
    const std::vector<NamedKey> known = {named("a/one", one), named("a/two", key_of(2))};
    const auto result = verify_note(mixed, known);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::bad_signature);
    EXPECT_TRUE(verify_note(mixed, known[0])) << "to who does not know the key it is unknown";
}

TEST(SignedNote, a_good_and_a_bad_line_of_one_key_are_refused_in_either_order) {
    const SigningKey one = key_of(1);
    const std::string good = SignedNote::sign("text\n", "a/one", one)->octets().substr(6);
    const std::string bad = SignedNote::sign("tixt\n", "a/one", one)->octets().substr(6);
    for (const std::string& lines : {good + bad, bad + good}) {
        const auto note = SignedNote::parse("text\n\n" + lines);
        ASSERT_TRUE(note);
        EXPECT_EQ(verify_note(*note, named("a/one", one)).error().kind, ErrorKind::bad_signature);
    }
}

TEST(SignedNote, signature_that_is_cut_short_does_not_verify) {
    const SigningKey one = key_of(1);
    const SignedNote note = *SignedNote::sign("text\n", "a/one", one);
    const NoteSignature& signature = note.signatures().at(0);
    Bytes octets(4, 0);
    for (std::size_t i = 0; i < 4; ++i)
        octets[i] = static_cast<std::uint8_t>(signature.key_id >> (24 - 8 * i));
    octets.insert(octets.end(), signature.octets.begin(), signature.octets.end() - 1);
    const auto cut = SignedNote::parse("text\n\n\xE2\x80\x94 a/one " + base64(octets) + "\n");
    ASSERT_TRUE(cut);
    EXPECT_EQ(verify_note(*cut, named("a/one", one)).error().kind, ErrorKind::bad_signature);
}

TEST(SignedNote, cosigning_twice_changes_nothing) {
    SignedNote note = *SignedNote::sign("text\n", "a/one", key_of(1));
    const std::string before = note.octets();
    ASSERT_TRUE(note.cosign("a/one", key_of(1)));
    EXPECT_EQ(note.octets(), before);
}

TEST(SignedNote, takes_16_signatures_and_no_more) {
    SignedNote note = *SignedNote::sign("text\n", "a/0", key_of(0));
    for (std::uint8_t i = 1; i < 16; ++i)
        ASSERT_TRUE(note.cosign("a/" + std::to_string(i), key_of(i)));
    EXPECT_EQ(SignedNote::parse(note.octets())->signatures().size(), 16U);
    const auto more = note.cosign("a/16", key_of(16));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().kind, ErrorKind::limit);
    EXPECT_EQ(note.signatures().size(), 16U);
}

TEST(SignedNote, takes_65536_octets_and_no_more) {
    const SignedNote small = *SignedNote::sign("x\n", "a/one", key_of(1));
    const std::size_t room = kMaxNote - small.octets().size();
    EXPECT_TRUE(SignedNote::sign(std::string(room + 1, 'x') + "\n", "a/one", key_of(1)));
    const auto larger = SignedNote::sign(std::string(room + 2, 'x') + "\n", "a/one", key_of(1));
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().kind, ErrorKind::limit);
}

TEST(SignedNote, what_is_no_note_is_refused) {
    const std::string line = std::string(kExample).substr(29);
    const std::string dash = "\xE2\x80\x94 ";
    for (const std::string& octets : {std::string(),
                                      std::string("\n"),
                                      std::string("\n\n"),
                                      std::string("text\n"),
                                      std::string("text\n\n"),
                                      "text\n" + line,
                                      "text" + line,
                                      "text\n\n" + line.substr(0, line.size() - 1),
                                      "te\rxt\n\n" + line,
                                      "te\txt\n\n" + line,
                                      std::string("te\0xt\n\n", 7) + line,
                                      "te\xFFxt\n\n" + line,
                                      "text\n\n" + line + "more\n",
                                      std::string("text\n\n- a/one AAAA\n"),
                                      "text\n\n" + dash + "a/one\n",
                                      "text\n\n" + dash + " AAAAAAAA\n",
                                      "text\n\n" + dash + "a+b AAAAAAAA\n",
                                      "text\n\n" + dash +
                                          "a\xC2\xA0"
                                          "b AAAAAAAA\n",
                                      "text\n\n" + dash + "a AAAA AAAA\n",
                                      "text\n\n" + dash + "a AAAAAA==\n",
                                      "text\n\n" + dash + "a AAAAAAA\n",
                                      "text\n\n" + dash + "a AAAAAB==\n",
                                      "text\n\n" + line + "\n"}) {
        const auto note = SignedNote::parse(octets);
        EXPECT_FALSE(note) << octets;
        if (!note)
            EXPECT_EQ(note.error().kind, ErrorKind::malformed);
    }
}

TEST(SignedNote, only_text_with_a_last_line_feed_and_a_proper_name_is_signed) {
    EXPECT_FALSE(SignedNote::sign("text", "a/one", key_of(1)));
    EXPECT_FALSE(SignedNote::sign("text\n", "a one", key_of(1)));
    EXPECT_FALSE(SignedNote::sign("text\n", "", key_of(1)));
    EXPECT_FALSE(SignedNote::sign("text\n", "a\nb", key_of(1)));
    EXPECT_FALSE(SignedNote::sign("te\x01xt\n", "a/one", key_of(1)));
}

TEST(SignedNote, lines_of_other_types_are_kept_and_count_for_nothing) {
    SignedNote note = *SignedNote::sign("text\n", "a/one", key_of(1));
    const CosignerKey cosigner{"a/one", key_of(1).public_key()};
    const NoteSignature line{cosigner.name, cosigner.id(), Bytes(72, 7)};
    const Hash before = note.hash();
    ASSERT_TRUE(note.add(line));
    ASSERT_TRUE(note.add(line)) << "the very same line again changes nothing";
    EXPECT_EQ(note.hash(), before);
    ASSERT_EQ(note.signatures().size(), 2U);
    EXPECT_EQ(note.signatures().back(), line);
    EXPECT_TRUE(note.octets().ends_with(write_signature(line)));
    EXPECT_TRUE(verify_note(note, named("a/one", key_of(1))))
        << "the same name and key for another type is another key";
    EXPECT_EQ(note.add({"a one", 1, Bytes(72)}).error().kind, ErrorKind::malformed);
}

TEST(SignedNote, signature_lines_alone_are_read_as_they_are_written) {
    const NoteSignature one{"a/one", 0x01020304, Bytes(64, 1)};
    const NoteSignature two{"a/two", 0xFFFFFFFF, Bytes(5, 2)};
    const std::string lines = write_signature(one) + write_signature(two);
    EXPECT_EQ(*parse_signatures(lines), (std::vector{one, two}));
    EXPECT_TRUE(parse_signatures("")->empty());
    EXPECT_FALSE(parse_signatures(lines.substr(0, lines.size() - 1)));
    EXPECT_FALSE(parse_signatures(lines + "\n"));
    EXPECT_FALSE(parse_signatures("text\n" + lines));
    std::string many;
    for (int i = 0; i < 17; ++i)
        many += write_signature(one);
    EXPECT_EQ(parse_signatures(many).error().kind, ErrorKind::limit);
}

TEST(Vkey, the_type_makes_the_key) {
    const NamedKey signer{"a/one", key_of(1).public_key()};
    const CosignerKey cosigner{"a/one", key_of(1).public_key()};
    EXPECT_NE(signer.id(), cosigner.id());
    EXPECT_EQ(*CosignerKey::parse_vkey(cosigner.vkey()), cosigner);
    EXPECT_FALSE(CosignerKey::parse_vkey(signer.vkey()));
    EXPECT_FALSE(NamedKey::parse_vkey(cosigner.vkey()));
}

TEST(Vkey, wrong_id_type_name_or_key_is_refused) {
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/foo"));
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/foo+530d903a"));
    const std::string key = "+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/foo+530d903b" + key));
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/foo+530D903A" + key));
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/bar+530d903a" + key));
    EXPECT_FALSE(NamedKey::parse_vkey("+530d903a" + key));
    EXPECT_FALSE(NamedKey::parse_vkey(
        "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"));
    EXPECT_FALSE(NamedKey::parse_vkey("example.com/foo+530d903a+Aeky"));
}

}  // namespace
}  // namespace kith
