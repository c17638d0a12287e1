// Bech32 against the test vectors of BIP 173.
#include "crypto/bech32.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kith {
namespace {

TEST(Bech32, takes_the_valid_texts_of_bip_173_and_writes_them_back) {
    for (const std::string_view text :
         {std::string_view("A12UEL5L"),
          std::string_view("a12uel5l"),
          std::string_view("an83characterlonghumanreadablepartthatcontainsthenumber1andthe"
                           "excludedcharactersbio1tt5tgs"),
          std::string_view("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"),
          std::string_view("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"),
          std::string_view("?1ezyfcl")}) {
        const auto parsed = parse_bech32(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(to_lower(bech32(parsed->prefix, parsed->octets)), to_lower(text));
    }
}

TEST(Bech32, refuses_the_invalid_texts_of_bip_173) {
    for (const std::string_view text : {std::string_view("\x20"
                                                         "1nwldj5"),
                                        std::string_view("\x7f"
                                                         "1axkwrx"),
                                        std::string_view("\x80"
                                                         "1eym55h"),
                                        std::string_view("pzry9x0s0muk"),
                                        std::string_view("1pzry9x0s0muk"),
                                        std::string_view("x1b4n0q5v"),
                                        std::string_view("li1dgmt3"),
                                        std::string_view("de1lg7wt\xff"),
                                        std::string_view("A1G7SGD8"),
                                        std::string_view("10a06t8"),
                                        std::string_view("1qzzfhee"),
                                        std::string_view("a12UEL5L"),
                                        std::string_view("")})
        EXPECT_EQ(parse_bech32(text).error().kind, ErrorKind::malformed) << text;
}

TEST(Bech32, notices_any_one_changed_character) {
    const std::string text = bech32("age", Bytes(32, 7));
    EXPECT_EQ(parse_bech32(text)->octets, Bytes(32, 7));
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = changed[at] == 'q' ? 'p' : 'q';
        EXPECT_FALSE(parse_bech32(changed)) << at;
    }
}

TEST(Bech32, padding_is_short_and_zero) {
    // The checksum holds in all of these.
    EXPECT_EQ(bech32("x", Bytes{0xff}), "x1lu7rxnn5");
    EXPECT_EQ(parse_bech32("x1lu7rxnn5")->octets, Bytes{0xff});
    EXPECT_EQ(parse_bech32("x1lar4jxwx").error().detail, "padding");   // a bit of it is set
    EXPECT_EQ(parse_bech32("x1luq5uuzzc").error().detail, "padding");  // a whole group of it
    EXPECT_EQ(parse_bech32("x1l3jt5v7").error().detail, "padding");    // not even one octet
    for (std::size_t size = 0; size < 12; ++size)
        EXPECT_EQ(parse_bech32(bech32("x", Bytes(size, 0xa5)))->octets, Bytes(size, 0xa5));
}

}  // namespace
}  // namespace kith
