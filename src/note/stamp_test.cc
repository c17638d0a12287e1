#include "note/stamp.h"

#include <gtest/gtest.h>

#include "note/token_link.h"

namespace kith {
namespace {

constexpr const char* kSeed = "00112233445566778899aabbccddeeff";

TEST(Stamp, is_one_line_of_four_words) {
    const std::string line = "equihash-96-5 1048576 " + std::string(kSeed) + " AAECAwQFBgc=";
    const auto stamp = parse_stamp(line);
    ASSERT_TRUE(stamp);
    EXPECT_EQ(stamp->effort, 1'048'576U);
    EXPECT_EQ(stamp->solution, (Bytes{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(write_stamp(*stamp), line);
}

TEST(Stamp, challenge_binds_puzzle_effort_seed_and_stub) {
    Stamp stamp;
    stamp.puzzle = "equihash-96-5";
    stamp.effort = 7;
    stamp.seed = kSeed;
    EXPECT_EQ(stamp_challenge(stamp, sha256("stub")),
              "kith/1 stamp\nequihash-96-5\n7\n" + std::string(kSeed) + "\n" +
                  sha256("stub").text() + "\n");
}

TEST(Stamp, what_is_no_stamp_is_refused) {
    const std::string seed(kSeed);
    for (const std::string& line : {std::string(),
                                    "equihash-96-5 1 " + seed,
                                    "equihash-96-5 1 " + seed + " AAAA AAAA",
                                    "equihash-96-5  1 " + seed + " AAAA",
                                    "Equihash-96-5 1 " + seed + " AAAA",
                                    " 1 " + seed + " AAAA",
                                    "equihash-96-5 0 " + seed + " AAAA",
                                    "equihash-96-5 01 " + seed + " AAAA",
                                    "equihash-96-5 -1 " + seed + " AAAA",
                                    "equihash-96-5 281474976710657 " + seed + " AAAA",
                                    "equihash-96-5 1 " + seed + "0 AAAA",
                                    "equihash-96-5 1 " + seed + " ",
                                    "equihash-96-5 1 " + seed + " AAA",
                                    "equihash-96-5 1 " + seed + " AAAA\n",
                                    "equihash-96-5 1 " + seed + " " + std::string(512, 'A'),
                                    std::string(33, 'a') + " 1 " + seed + " AAAA"}) {
        const auto stamp = parse_stamp(line);
        ASSERT_FALSE(stamp) << line;
        EXPECT_EQ(stamp.error().where, "stamp");
    }
}

TEST(TokenLink, holds_a_token_a_root_or_both) {
    const std::string root(64, 'a');
    for (const std::string& text : {std::string("kith:bob@two.test?token=abc123"),
                                    "kith:bob@two.test?root=" + root,
                                    "kith:bob@two.test?token=abc123&root=" + root}) {
        const auto link = parse_token_link(text);
        ASSERT_TRUE(link) << text;
        EXPECT_EQ(write_token_link(*link), text);
    }
    EXPECT_EQ(parse_token_link("kith:Bob@Two.test?token=a")->address.text(), "bob@two.test");
}

TEST(TokenLink, what_is_no_link_is_refused) {
    const std::string root(64, 'a');
    for (const std::string& text : {std::string(),
                                    std::string("bob@two.test?token=a"),
                                    std::string("kith:bob@two.test"),
                                    std::string("kith:bob@two.test?"),
                                    std::string("kith:bob@two.test?token="),
                                    std::string("kith:bob@two.test?token=A"),
                                    std::string("kith:bob?token=a"),
                                    "kith:bob@two.test?token=" + std::string(129, 'a'),
                                    std::string("kith:bob@two.test?token=a&x=b"),
                                    std::string("kith:bob@two.test?token=a&"),
                                    "kith:bob@two.test?root=" + root + "a",
                                    "kith:bob@two.test?root=" + root + "&token=a",
                                    "KITH:bob@two.test?root=" + root}) {
        const auto link = parse_token_link(text);
        ASSERT_FALSE(link) << text;
        EXPECT_EQ(link.error().where, "link");
    }
}

}  // namespace
}  // namespace kith
