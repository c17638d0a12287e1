#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace kith {
namespace {

TEST(Base64, knows_the_examples_of_rfc_4648) {
    EXPECT_EQ(base64(as_bytes("")), "");
    EXPECT_EQ(base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(base64(as_bytes("fo")), "Zm8=");
    EXPECT_EQ(base64(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(base32(as_bytes("foobar")), "mzxw6ytboi");
}

TEST(Base64, refuses_what_is_not_canonical) {
    EXPECT_FALSE(parse_base64("Zh=="));
    EXPECT_FALSE(parse_base64("Zg="));
    EXPECT_FALSE(parse_base64("Zg"));
    EXPECT_FALSE(parse_base64("Zm9v\n"));
    EXPECT_FALSE(parse_base64("===="));
    EXPECT_FALSE(parse_base64_unpadded("Z"));
    EXPECT_FALSE(parse_base32("mz1"));
}

TEST(Base64, every_length_comes_back) {
    Bytes bytes;
    for (int i = 0; i < 70; ++i) {
        EXPECT_EQ(*parse_base64(base64(bytes)), bytes);
        EXPECT_EQ(*parse_base64url(base64url(bytes)), bytes);
        EXPECT_EQ(*parse_base32(base32(bytes)), bytes);
        EXPECT_EQ(*parse_hex(hex(bytes)), bytes);
        bytes.push_back(static_cast<std::uint8_t>(i * 37));
    }
}

TEST(Hex, refuses_upper_case_and_odd_lengths) {
    EXPECT_FALSE(parse_hex("AB"));
    EXPECT_FALSE(parse_hex("abc"));
    EXPECT_FALSE(parse_hex("0g"));
}

TEST(Time, comes_back_from_its_text) {
    for (const char* text : {"1970-01-01T00:00:00Z",
                             "2026-11-23T10:00:00Z",
                             "9999-12-31T23:59:59Z",
                             "2028-02-29T12:00:00Z"})
        EXPECT_EQ(format_time(*parse_time(text)), text);
}

TEST(Time, refuses_what_is_not_whole_seconds_in_utc) {
    for (const char* text : {"2026-11-23T10:00:00.5Z",
                             "2026-11-23T10:00:00+00:00",
                             "2026-11-23",
                             "2026-02-29T00:00:00Z",
                             "2026-13-01T00:00:00Z",
                             "2026-11-23 10:00:00Z",
                             "1969-12-31T23:59:59Z",
                             "2026-11-23T24:00:00Z"})
        EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Utf8, refuses_overlong_forms_surrogates_and_stray_octets) {
    EXPECT_TRUE(is_utf8("Grüße \xF0\x9F\x98\x80"));
    EXPECT_FALSE(is_utf8("\xC0\xAF"));
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
    EXPECT_FALSE(is_utf8("\x80"));
    EXPECT_FALSE(is_utf8("\xE2\x82"));
}

TEST(Text, cuts_at_characters_not_octets) {
    EXPECT_EQ(first_characters("äöü", 2), "äö");
    EXPECT_EQ(first_characters("abc", 9), "abc");
}

TEST(Text, printable_shows_no_control_character) {
    EXPECT_EQ(printable("a\x1b[31mb\xE2\x80\xAE"), "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD");
}

TEST(Decimal, has_one_text_a_number_and_a_limit) {
    EXPECT_EQ(*parse_decimal("0"), 0U);
    EXPECT_EQ(*parse_decimal("18446744073709551615"), UINT64_MAX);
    EXPECT_FALSE(parse_decimal("18446744073709551616"));
    EXPECT_FALSE(parse_decimal("007"));
    EXPECT_FALSE(parse_decimal("-1"));
    EXPECT_FALSE(parse_decimal(""));
    EXPECT_FALSE(parse_decimal("101", 100));
}

Result<int> half(int number) {
    if (number % 2 != 0)
        return fail(ErrorKind::malformed, "number", "odd");
    return number / 2;
}

Result<int> quarter(int number) {
    return half(TRY(half(number)));
}

TEST(Result, try_passes_the_first_error_on) {
    EXPECT_EQ(*quarter(8), 2);
    EXPECT_EQ(quarter(6).error().text(), "number: odd (malformed)");
}

TEST(Text, ill_formed_utf8_is_found_wherever_it_stands) {
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string lead(before, 'a');
        EXPECT_TRUE(is_utf8(lead));
        EXPECT_TRUE(is_utf8(lead + "\u00e9" + lead));
        EXPECT_FALSE(is_utf8(lead + "\xff" + lead));
        EXPECT_FALSE(is_utf8(lead + "\xc3" + lead));
    }
}

}  // namespace
}  // namespace kith
