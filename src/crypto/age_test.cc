// age files: what we promise beyond the vectors, and Debian's age as the other side.
#include <gtest/gtest.h>

#include <unistd.h>
#include <array>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/age_stream.h"
#include "crypto/hash.h"
#include "testing/vectors.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class AgeFiles : public ::testing::Test {
  protected:
    SeededRandom random{as_bytes("age files")};
    std::vector<AgeIdentity> laptop = identities(1);
    std::vector<AgeIdentity> phone = identities(1);

    std::vector<AgeIdentity> identities(int count) {
        std::vector<AgeIdentity> out;
        out.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            out.push_back(AgeIdentity::generate(random));
        return out;
    }
    Bytes plain(std::size_t size) {
        Bytes out(size);
        random.fill(out);
        return out;
    }
};

TEST_F(AgeFiles, open_for_each_recipient_at_every_size_around_a_chunk) {
    const std::array to{laptop[0].recipient(), phone[0].recipient()};
    for (const std::size_t size : {0UL, 1UL, 65'535UL, 65'536UL, 65'537UL, 131'072UL, 200'001UL}) {
        const Bytes content = plain(size);
        const Bytes file = seal_file(content, to, random);
        EXPECT_EQ(split_file(file)->payload.size(), sealed_size(size));
        EXPECT_EQ(*open_file(file, laptop), content);
        EXPECT_EQ(*open_file(file, phone), content);
    }
}

TEST_F(AgeFiles, sealing_in_pieces_gives_the_same_octets) {
    const Bytes content = plain(200'000);
    const FileKey key = new_file_key(random);
    for (const std::size_t piece : {1'000UL, 65'536UL, 65'537UL, 131'072UL}) {
        SeededRandom once(as_bytes("nonce"));
        SeededRandom again(as_bytes("nonce"));
        PayloadSealer sealer(key, once);
        Bytes sealed;
        for (std::size_t at = 0; at < content.size(); at += piece)
            sealer.update(ByteView(content).subspan(at, std::min(piece, content.size() - at)),
                          sealed);
        sealer.finish(sealed);
        EXPECT_EQ(sealed, seal_payload(key, content, again)) << piece;
    }
}

TEST_F(AgeFiles, a_header_made_for_another_device_opens_the_same_payload) {
    const std::array to{laptop[0].recipient()};
    const Bytes content = plain(70'000);
    const Bytes file = seal_file(content, to, random);
    const AgeFile parts = *split_file(file);
    const std::array both{laptop[0].recipient(), phone[0].recipient()};
    const std::string header = *rekey_header(parts.header, laptop, both, random);
    Bytes again = to_bytes(header);
    again.insert(again.end(), parts.payload.begin(), parts.payload.end());
    EXPECT_EQ(*open_file(again, phone), content);
    EXPECT_EQ(open_file(file, phone).error().kind, ErrorKind::untrusted);
}

TEST_F(AgeFiles, a_changed_octet_anywhere_is_noticed) {
    const std::array to{laptop[0].recipient()};
    const Bytes file = seal_file(plain(100), to, random);
    for (std::size_t at = 0; at < file.size(); ++at) {
        Bytes changed = file;
        changed[at] ^= 1;
        EXPECT_FALSE(open_file(changed, laptop)) << at;
    }
}

TEST_F(AgeFiles, a_passphrase_opens_and_another_does_not) {
    const Bytes file = *seal_with_passphrase(as_bytes("keys"), as_bytes("open sesame"), random, 10);
    EXPECT_EQ(to_text(*open_with_passphrase(file, as_bytes("open sesame"))), "keys");
    EXPECT_EQ(open_with_passphrase(file, as_bytes("open says me")).error().kind,
              ErrorKind::untrusted);
}

TEST_F(AgeFiles, a_failed_payload_stays_failed) {
    const FileKey key = new_file_key(random);
    const Bytes good = seal_payload(key, plain(100'000), random);
    Bytes bad = good;
    bad[kPayloadNonce] ^= 1;
    PayloadOpener opener(key);
    Bytes out;
    EXPECT_EQ(opener.update(bad, out).error().kind, ErrorKind::bad_signature);
    EXPECT_EQ(opener.update(good, out).error().kind, ErrorKind::bad_signature);
    EXPECT_EQ(opener.finish(out).error().kind, ErrorKind::bad_signature);
    EXPECT_TRUE(out.empty());
    PayloadOpener cut(key);
    EXPECT_TRUE(cut.update(ByteView(good).first(kPayloadNonce), out));
    EXPECT_EQ(cut.finish(out).error().kind, ErrorKind::malformed);
    EXPECT_EQ(cut.update(ByteView(good).subspan(kPayloadNonce), out).error().kind,
              ErrorKind::bad_signature);
    EXPECT_TRUE(out.empty());
}

TEST_F(AgeFiles, a_payload_cut_anywhere_near_a_chunk_gives_whole_chunks_and_an_error) {
    const FileKey key = new_file_key(random);
    const Bytes content = plain(2 * kChunk + 10);
    const Bytes sealed = seal_payload(key, content, random);
    for (std::size_t whole = 0; whole <= 2; ++whole)
        for (int off = -1; off <= 17; ++off) {
            const auto at =
                static_cast<std::ptrdiff_t>(kPayloadNonce + whole * (kChunk + kTagOctets)) + off;
            PayloadOpener opener(key);
            Bytes out;
            EXPECT_TRUE(opener.update(ByteView(sealed).first(static_cast<std::size_t>(at)), out));
            EXPECT_FALSE(opener.finish(out)) << at;
            EXPECT_EQ(out.size() % kChunk, 0U) << at;
            EXPECT_TRUE(std::equal(out.begin(), out.end(), content.begin())) << at;
        }
}

TEST_F(AgeFiles, a_passphrase_with_too_much_work_is_refused) {
    const Bytes file = *seal_with_passphrase(as_bytes("keys"), as_bytes("open"), random, 11);
    EXPECT_EQ(open_with_passphrase(file, as_bytes("open"), 10).error().kind, ErrorKind::limit);
    EXPECT_TRUE(open_with_passphrase(file, as_bytes("open"), 11));
}

TEST_F(AgeFiles, a_preview_opens_with_the_file_key_alone) {
    const FileKey key = new_file_key(random);
    const Bytes sealed = seal_preview(key, as_bytes("Dinner\nSaturday?"));
    EXPECT_EQ(to_text(*open_preview(key, sealed)), "Dinner\nSaturday?");
    EXPECT_FALSE(open_preview(new_file_key(random), sealed));
    const Secret preview_key = hkdf_sha256(key.view(), {}, "kith/1 preview", 32);
    Bytes plain;
    EXPECT_TRUE(Aead(preview_key.view()).open(Nonce{}, sealed, plain));
}

TEST_F(AgeFiles, open_with_the_age_command_and_its_files_open_here) {
    if (std::system("command -v age >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "age is not installed";
    const fs::path folder =
        fs::temp_directory_path() / ("kith-age-" + random_id(random) + std::to_string(getpid()));
    fs::create_directories(folder);
    const auto at = [&](const char* name) { return (folder / name).string(); };
    std::ofstream(at("key")) << laptop[0].text() << "\n";
    const std::array to{phone[0].recipient(), laptop[0].recipient()};
    const Bytes content = plain(150'000);
    const Bytes file = seal_file(content, to, random);
    std::ofstream(at("sealed"), std::ios::binary) << as_text(file);
    EXPECT_EQ(
        std::system(("age -d -i " + at("key") + " -o " + at("plain") + " " + at("sealed")).c_str()),
        0);
    EXPECT_EQ(to_bytes(testing::read_file(at("plain"))), content);
    EXPECT_EQ(std::system(("age -r " + laptop[0].recipient().text() + " -o " + at("theirs") + " " +
                           at("plain"))
                              .c_str()),
              0);
    EXPECT_EQ(*open_file(as_bytes(testing::read_file(at("theirs"))), laptop), content);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace kith
