#include "note/alarm.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

const SigningKey kKey = *SigningKey::from_seed(Bytes(32, 7));
const Time kNow = *parse_time("2026-11-27T10:00:00Z");

Stub stub() {
    Stub stub;
    stub.id = std::string(32, 'a');
    stub.time = kNow;
    stub.expires = kNow + std::chrono::days(20);
    stub.from = *Address::parse("alice@one.test");
    stub.root = sha256(std::string_view("alice"));
    stub.card = stub.root;
    stub.to = *parse_target("bob+news@two.test");
    stub.blob = sha256(std::string_view("body"));
    stub.size = 4;
    stub.keys = "age-encryption.org/v1\n";
    return stub;
}

Alarm alarm(const Stub& about) {
    return {.address = about.from,
            .root = about.root,
            .from = *Address::parse("bob@two.test"),
            .from_root = sha256(std::string_view("bob")),
            .time = kNow,
            .stub = SignedNote::sign(write_stub(about), "alice@one.test/laptop", kKey)->octets()};
}

Result<Alarm> read(const Alarm& alarm) {
    return parse_alarm(*SignedNote::sign(write_alarm(alarm), "bob@two.test/phone", kKey));
}

TEST(Alarm, is_read_as_it_was_written) {
    const auto again = read(alarm(stub()));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(*again, alarm(stub()));
}

TEST(Alarm, goes_by_a_message_of_that_person_to_whoever_raises_it) {
    const auto refused = [](const Alarm& one) {
        const auto read_one = read(one);
        ASSERT_FALSE(read_one);
        EXPECT_EQ(read_one.error().where, "alarm: stub");
    };
    auto other = alarm(stub());
    other.from = *Address::parse("carol@two.test");
    refused(other);
    other = alarm(stub());
    other.root = sha256(std::string_view("mallory"));
    refused(other);
    other = alarm(stub());
    other.stub = "no note";
    refused(other);
}

TEST(Alarm, is_of_now_and_about_something_of_late) {
    const Alarm one = alarm(stub());
    EXPECT_TRUE(check_times(one, kNow));
    EXPECT_FALSE(check_times(one, kNow - Seconds(301)));
    EXPECT_FALSE(check_times(one, kNow + kAlarmLife + Seconds(1)));
    Alarm late = one;
    late.time = kNow + kAlarmEvidenceLife + Seconds(1);
    EXPECT_FALSE(check_times(late, late.time));
}

}  // namespace
}  // namespace kith
