// The age test vectors of C2SP CCTV: all but armor and the hybrid recipients, which Kith lacks.
#include <gtest/gtest.h>

#include <boost/beast/zlib/inflate_stream.hpp>

#include <filesystem>
#include <functional>

#include "base/text.h"
#include "crypto/age_stream.h"
#include "crypto/hash.h"
#include "testing/vectors.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr int kVectors = 92;  // of 143, less 33 of armor_ and 18 of hybrid

struct Vector {
    std::string name, expect, payload, passphrase;
    std::vector<AgeIdentity> identities;
    std::string file;
};

// The large vectors are under zlib (RFC 1950: two octets, deflate, a checksum of four).
std::string inflate(std::string_view packed) {
    boost::beast::zlib::inflate_stream stream;
    boost::beast::zlib::z_params params;
    params.next_in = packed.data() + 2;
    params.avail_in = packed.size() - 2;
    std::string out;
    std::string part(1 << 16, '\0');
    boost::beast::error_code error;
    while (!error) {
        params.next_out = part.data();
        params.avail_out = part.size();
        stream.write(params, boost::beast::zlib::Flush::sync, error);
        out.append(part, 0, part.size() - params.avail_out);
    }
    EXPECT_EQ(error, boost::beast::zlib::error::end_of_stream);
    return out;
}

Vector read_vector(const fs::path& path) {
    const std::string all = testing::read_file(path);
    const std::size_t cut = all.find("\n\n");
    Vector out;
    out.name = path.filename();
    out.file = all.substr(cut + 2);
    for (std::string_view line : split(std::string_view(all).substr(0, cut), '\n')) {
        const std::size_t colon = line.find(": ");
        const std::string_view key = line.substr(0, colon);
        const std::string value(line.substr(colon + 2));
        if (key == "expect")
            out.expect = value;
        if (key == "payload")
            out.payload = value;
        if (key == "passphrase")
            out.passphrase = value;
        if (key == "compressed")
            out.file = inflate(out.file);
        if (key == "identity")
            if (auto identity = AgeIdentity::parse(value))
                out.identities.push_back(std::move(*identity));
    }
    return out;
}

// Calls `check` for each vector that concerns us; answers how many there were, -1 without vectors.
int each_vector(const std::function<void(const Vector&)>& check) {
    const auto folder = testing::vectors();
    if (!folder)
        return -1;
    int count = 0;
    for (const auto& entry : fs::directory_iterator(*folder / "age")) {
        const std::string name = entry.path().filename();
        if (name.starts_with("armor_") || name.starts_with("hybrid"))
            continue;
        SCOPED_TRACE(name);
        check(read_vector(entry.path()));
        ++count;
    }
    return count;
}

Result<FileKey> open_header_of(const Vector& vector, std::string_view header) {
    return vector.passphrase.empty()
               ? open_header(header, vector.identities)
               : open_header_with_passphrase(header, as_bytes(vector.passphrase));
}

const char* word_of(ErrorKind kind) {
    return kind == ErrorKind::untrusted       ? "no match"
           : kind == ErrorKind::bad_signature ? "HMAC failure"
                                              : "header failure";
}

// How large the next piece is.
using Pieces = std::function<std::size_t()>;

// What opening a payload came to, in the words of the vectors, and the plain text released.
std::string open_in_pieces(const FileKey& key,
                           ByteView payload,
                           const Pieces& next_piece,
                           Bytes& plain) {
    if (payload.size() < kPayloadNonce)
        return "header failure";  // the vectors count the nonce to the header
    PayloadOpener opener(key);
    while (!payload.empty()) {
        const std::size_t size = std::min(next_piece(), payload.size());
        if (!opener.update(payload.first(size), plain))
            return "payload failure";
        payload = payload.subspan(size);
    }
    return opener.finish(plain) ? "success" : "payload failure";
}

void check_in_pieces(const Vector& vector, const Pieces& next_piece) {
    const auto parts = split_file(as_bytes(vector.file));
    const auto key = parts ? open_header_of(vector, parts->header) : parts.error();
    if (!key) {
        EXPECT_EQ(word_of(key.error().kind), vector.expect) << key.error().text();
        return;
    }
    Bytes plain;
    EXPECT_EQ(open_in_pieces(*key, parts->payload, next_piece, plain), vector.expect);
    if (!vector.payload.empty() && vector.expect != "header failure") {
        EXPECT_EQ(sha256(plain).hex_text(), vector.payload) << plain.size() << " octets released";
    }
}

TEST(AgeVectors, come_out_as_they_say_and_release_exactly_what_they_say) {
    int passphrases = 0;
    int failing_payloads = 0;
    const int count = each_vector([&](const Vector& vector) {
        check_in_pieces(vector, [] { return SIZE_MAX; });
        passphrases += vector.passphrase.empty() ? 0 : 1;
        failing_payloads += vector.expect == "payload failure" ? 1 : 0;
    });
    if (count < 0)
        GTEST_SKIP() << "no vectors";
    EXPECT_GE(count, kVectors);
    EXPECT_GE(passphrases, 20);
    EXPECT_GE(failing_payloads, 15);
}

TEST(AgeVectors, come_out_the_same_in_pieces_of_any_size) {
    SeededRandom random(as_bytes("pieces"));
    const int count = each_vector([&](const Vector& vector) {
        if (!vector.passphrase.empty())
            return;  // scrypt is slow, and the header is not what comes in pieces
        for (const std::size_t piece : {97UL, kChunk, kChunk + kTagOctets, kChunk + 17})
            check_in_pieces(vector, [piece] { return piece; });
        for (int i = 0; i < 4; ++i)
            check_in_pieces(vector, [&random] {
                const auto draw = random.array<3>();
                return 1 + ((std::size_t{draw[0]} << 8 | draw[1]) << (draw[2] & 2U));
            });
    });
    if (count < 0)
        GTEST_SKIP() << "no vectors";
    EXPECT_GE(count, kVectors);
}

TEST(AgeVectors, header_that_parses_is_written_back_to_the_same_octets) {
    int tried = 0;
    const int count = each_vector([&](const Vector& vector) {
        const auto parts = split_file(as_bytes(vector.file));
        if (!parts)
            return;
        const auto header = parse_age_header(parts->header);
        if (header) {
            EXPECT_EQ(header->write(), parts->header);
            ++tried;
        } else {
            EXPECT_EQ(vector.expect, "header failure");
        }
    });
    if (count < 0)
        GTEST_SKIP() << "no vectors";
    EXPECT_GT(tried, 60);
}

}  // namespace
}  // namespace kith
