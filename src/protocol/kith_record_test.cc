#include "protocol/kith_record.h"

#include <gtest/gtest.h>

#include "note/address.h"

namespace kith {
namespace {

std::string key_text(std::uint8_t number) {
    return SigningKey::from_seed(Bytes(32, number))->public_key().text();
}

const std::string& one_key() {
    static const std::string text = key_text(1);
    return text;
}

std::string where_of(const std::string& text) {
    auto record = parse_kith_record(text);
    EXPECT_FALSE(record) << text;
    return record ? "" : record.error().where;
}

TEST(KithRecord, all_tags_are_read) {
    const auto record = parse_kith_record(
        "v=kith1; host=mail.one.test; port=8443; key=" + one_key() + "; key=" + key_text(2) +
        "; mode=enforce; log=" + key_text(3) + "; log=" + key_text(4) + "; witness=" + key_text(5));
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(record->host, "mail.one.test");
    EXPECT_EQ(record->port, 8443);
    EXPECT_EQ(record->keys.size(), 2U);
    EXPECT_EQ(record->mode, KithRecord::Mode::enforce);
    ASSERT_EQ(record->log_keys.size(), 2U);
    EXPECT_EQ(record->log_keys[1].text(), key_text(4));
    EXPECT_EQ(record->witness->text(), key_text(5));
}

TEST(KithRecord, all_but_host_and_key_may_be_absent) {
    const auto record = parse_kith_record("v=kith1; host=one.test; key=" + one_key());
    ASSERT_TRUE(record);
    EXPECT_EQ(record->port, 443);
    EXPECT_EQ(record->mode, KithRecord::Mode::testing);
    EXPECT_TRUE(record->log_keys.empty());
    EXPECT_FALSE(record->witness);
}

TEST(KithRecord, unknown_tags_spaces_and_a_last_semicolon_do_not_matter) {
    const auto record =
        parse_kith_record("v=kith1;host = ONE.test ;colour=red;key=" + one_key() + ";\n");
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(record->host, "one.test");
}

TEST(KithRecord, refusals_name_the_tag) {
    const std::string key = "; key=" + one_key();
    EXPECT_EQ(where_of("host=one.test" + key), "record: v");
    EXPECT_EQ(where_of("v=kith2; host=one.test" + key), "record: v");
    EXPECT_EQ(where_of("v=kith1" + key), "record: host");
    EXPECT_EQ(where_of("v=kith1; host=one.test"), "record: key");
    EXPECT_EQ(where_of("v=kith1; host=one..test" + key), "record: host");
    EXPECT_EQ(where_of("v=kith1; host=a.test; host=b.test" + key), "record: host");
    EXPECT_EQ(where_of("v=kith1; host=one.test; key=ed25519:AAAA"), "record: key");
    EXPECT_EQ(where_of("v=kith1; host=one.test; port=0" + key), "record: port");
    EXPECT_EQ(where_of("v=kith1; host=one.test; port=65536" + key), "record: port");
    EXPECT_EQ(where_of("v=kith1; host=one.test; port=1; port=1" + key), "record: port");
    EXPECT_EQ(where_of("v=kith1; host=one.test; mode=perhaps" + key), "record: mode");
    EXPECT_EQ(where_of("v=kith1; host=one.test; nonsense" + key), "record: tag");
    EXPECT_EQ(where_of("v=kith1; host=one.test; v=kith1" + key), "record: v");
    EXPECT_EQ(where_of("v=kith1; host=one.test; log=" + key_text(3).substr(8) + key),
              "record: log");
    EXPECT_EQ(where_of("v=kith1; host=one.test; witness=x" + key), "record: witness");
    const std::string witness = "; witness=" + key_text(5);
    EXPECT_EQ(where_of("v=kith1; host=one.test" + witness + witness + key), "record: witness");
    EXPECT_EQ(where_of("v=kith1; host=one.test\nx=y" + key), "record: text");
    EXPECT_EQ(where_of("v=kith1; x=" + std::string(4096, 'x')), "record");
}

TEST(KithRecord, ninth_key_is_too_many) {
    for (const char* tag : {"; key=", "; log="}) {
        std::string text = "v=kith1; host=one.test; key=" + key_text(1);
        for (std::uint8_t i = 1; i <= 9; ++i)
            text += tag + key_text(i);
        EXPECT_EQ(parse_kith_record(text).error().kind, ErrorKind::limit) << tag;
    }
}

TEST(KithRecord, what_is_written_reads_back) {
    const auto record =
        parse_kith_record("v=kith1; mode=enforce; witness=" + key_text(5) + "; log=" + key_text(3) +
                          "; key=" + one_key() + "; port=444; host=one.test");
    ASSERT_TRUE(record);
    EXPECT_EQ(*parse_kith_record(write_kith_record(*record)), *record);
}

TEST(KithRecord, one_of_several_texts_is_picked) {
    const std::string good = "v=kith1; host=one.test; key=" + one_key();
    EXPECT_TRUE(pick_kith_record(std::vector<std::string>{"v=spf1 -all", good}));
    EXPECT_EQ(pick_kith_record(std::vector<std::string>{"v=spf1 -all"}).error().kind,
              ErrorKind::not_found);
    EXPECT_EQ(pick_kith_record(std::vector<std::string>{"v=kith10; x=y"}).error().kind,
              ErrorKind::not_found);
    EXPECT_EQ(pick_kith_record(std::vector<std::string>{good, good}).error().kind,
              ErrorKind::malformed);
}

}  // namespace
}  // namespace kith
