#include "note/fields.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

Result<Fields> parse(std::string_view lines) {
    return Fields::parse("kith/1 price\n" + std::string(lines), "price");
}

TEST(Fields, single_and_list_fields_are_read_by_name) {
    const auto fields = parse("effort 12\nguardian a\nflag\nguardian b c\n");
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields->required("effort", as_decimal<100>), 12U);
    EXPECT_EQ(*fields->list("guardian", 2, as_line), (std::vector<std::string>{"a", "b c"}));
    EXPECT_FALSE(fields->optional("moved", as_address)->has_value());
    EXPECT_TRUE(fields->has("flag"));
}

TEST(Fields, unknown_fields_are_kept_in_their_order) {
    const auto fields = parse("x 1\neffort 2\ny\nx 3\n");
    const std::vector<std::string_view> known = {"effort"};
    EXPECT_EQ(fields->others(known), (std::vector<Field>{{"x", "1"}, {"y", ""}, {"x", "3"}}));
}

TEST(Fields, every_refusal_names_the_field) {
    const auto fields = parse("effort 12\neffort 13\ntime x\nempty\n");
    const auto repeated = fields->required("effort", as_decimal<100>);
    ASSERT_FALSE(repeated);
    EXPECT_EQ(repeated.error().text(), "effort: stands twice (malformed)");
    EXPECT_FALSE(fields->optional("effort", as_decimal<100>));
    const auto missing = fields->required("seed", as_id);
    EXPECT_EQ(missing.error().text(), "seed: missing (malformed)");
    EXPECT_EQ(fields->required("time", as_time).error().where, "time");
    EXPECT_EQ(fields->required("empty", as_line).error().where, "empty");
    const auto over = fields->required("seed", as_decimal<1>);
    EXPECT_EQ(over.error().where, "seed");
}

TEST(Fields, a_list_longer_than_allowed_is_refused) {
    const auto fields = parse("guardian a\nguardian b\nguardian c\n");
    const auto list = fields->list("guardian", 2, as_line);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().kind, ErrorKind::limit);
    EXPECT_EQ(list.error().where, "guardian");
}

TEST(Fields, a_number_above_its_limit_is_refused) {
    const auto fields = parse("a 5\nb 007\nc 99999999999999999999\n");
    EXPECT_EQ(fields->required("a", as_decimal<4>).error().kind, ErrorKind::limit);
    EXPECT_EQ(fields->required("b", as_decimal<9>).error().kind, ErrorKind::malformed);
    EXPECT_FALSE(fields->required("c", as_decimal<UINT64_MAX>));
}

TEST(Fields, what_breaks_the_grammar_is_refused) {
    for (const std::string& text : {std::string(),
                                    std::string("kith/1 price"),
                                    std::string("kith/2 price\n"),
                                    std::string("kith/1  price\n"),
                                    std::string("kith/1 Price\n"),
                                    std::string("kith/1 price \n"),
                                    std::string("kith/1 \n"),
                                    std::string("price\n"),
                                    std::string("kith/1 card\n"),
                                    std::string("kith/1 price\n\n"),
                                    std::string("kith/1 price\n\neffort 1\n"),
                                    std::string("kith/1 price\neffort \n"),
                                    std::string("kith/1 price\neffort 1"),
                                    std::string("kith/1 price\n effort 1\n"),
                                    std::string("kith/1 price\nEffort 1\n"),
                                    std::string("kith/1 price\neffort1 1\n"),
                                    std::string("kith/1 price\neffort a\tb\n"),
                                    std::string("kith/1 price\neffort a\rb\n"),
                                    std::string("kith/1 price\r\n"),
                                    std::string("kith/1 price\neffort a\x7F\n"),
                                    std::string("kith/1 price\neffort a\xC2\x85"
                                                "b\n"),
                                    std::string("kith/1 price\neffort \xFF\n"),
                                    std::string("kith/1 price\neffort a\0b\n", 25)})
        EXPECT_FALSE(Fields::parse(text, "price")) << text;
    EXPECT_EQ(Fields::parse("kith/1 card\n", "price").error().where, "type");
    EXPECT_EQ(parse("effort a\x7F\n").error().where, "effort");
}

TEST(Fields, letters_beyond_ascii_and_inner_spaces_are_values) {
    const auto fields = parse("name \xC3\xA9t\xC3\xA9  1\n");
    ASSERT_TRUE(fields);
    EXPECT_EQ(*fields->required("name", as_line), "\xC3\xA9t\xC3\xA9  1");
}

TEST(Fields, values_have_one_text_only) {
    EXPECT_TRUE(as_id("00112233445566778899aabbccddeeff"));
    EXPECT_FALSE(as_id("00112233445566778899AABBCCDDEEFF"));
    EXPECT_FALSE(as_id("00112233445566778899aabbccddee"));
    EXPECT_FALSE(as_time("2026-11-23T10:00:00+00:00"));
    EXPECT_FALSE(as_time("2026-11-23T10:00:00.5Z"));
    EXPECT_FALSE(as_hash("sha256:" + std::string(63, 'a')));
    EXPECT_FALSE(as_hash("sha256:" + std::string(64, 'A')));
    EXPECT_FALSE(as_hash("md5:" + std::string(64, 'a')));
    EXPECT_FALSE(as_base64(""));
    EXPECT_FALSE(as_base64("YQ"));
    EXPECT_FALSE(as_base64("YR=="));
    EXPECT_TRUE(as_base64("YQ=="));
    EXPECT_FALSE(as_domain("One.test"));
    EXPECT_TRUE(as_domain("one.test"));
    EXPECT_FALSE(as_line(""));
}

TEST(Fields, keys_of_small_order_or_odd_encoding_are_refused) {
    const auto key = [](std::uint8_t first, std::uint8_t fill, std::uint8_t last) {
        Bytes octets(32, fill);
        octets.front() = first;
        octets.back() = last;
        return as_key("ed25519:" + base64(octets));
    };
    EXPECT_FALSE(key(1, 0, 0)) << "the neutral element";
    EXPECT_FALSE(key(0, 0, 0)) << "order four";
    EXPECT_FALSE(key(0xEC, 0xFF, 0x7F)) << "order two";
    EXPECT_FALSE(key(0xEE, 0xFF, 0x7F)) << "p + 1, not canonical";
    EXPECT_FALSE(as_key("ed25519:" + base64(Bytes(31, 1))));
    EXPECT_FALSE(as_key(base64(Bytes(32, 1))));
}

TEST(Fields, an_age_recipient_is_written_in_lower_case) {
    const std::string text = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    EXPECT_TRUE(as_recipient(text));
    std::string upper = text;
    for (char& c : upper)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_FALSE(as_recipient(upper));
    EXPECT_FALSE(as_recipient(text.substr(0, 60)));
}

TEST(Fields, five_minutes_ahead_is_the_most_a_time_may_be) {
    const Time now = *parse_time("2026-11-23T10:00:00Z");
    EXPECT_TRUE(check_not_future(now + Seconds(300), now));
    const auto ahead = check_not_future(now + Seconds(301), now);
    ASSERT_FALSE(ahead);
    EXPECT_EQ(ahead.error().kind, ErrorKind::future);
    EXPECT_TRUE(check_not_expired(now, now));
    const auto over = check_not_expired(now - Seconds(1), now);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().kind, ErrorKind::expired);
}

TEST(FieldWriter, writes_what_fields_read) {
    const std::string text = FieldWriter("price").add("effort", "12").add("flag", "").take();
    EXPECT_EQ(text, "kith/1 price\neffort 12\nflag\n");
    EXPECT_TRUE(Fields::parse(text, "price"));
}

}  // namespace
}  // namespace kith
