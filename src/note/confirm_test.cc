#include "note/confirm.h"

#include "note/note_forms_tests.h"

namespace kith {
namespace {

const Time kNow = *parse_time("2026-11-23T10:00:00Z");

Confirmation a_confirmation() {
    return {.address = *Address::parse("alice@one.test"),
            .root = sha256("alice"),
            .time = kNow,
            .recovery_key = std::nullopt,
            .stubs = {sha256("one"), sha256("two")}};
}

TEST(Confirmation, is_strict) {
    const Confirmation one = a_confirmation();
    const std::string text = write_confirm(one);
    EXPECT_EQ(*parse_confirm(note_of(text)), one);
    expect_strict(text, "confirm", {"address", "root", "time"}, parse_confirm);
    EXPECT_EQ(parse_confirm(note_of(with(text, "stub", "?"))).error().where, "confirm: stub");
    Confirmation recovered = one;
    recovered.recovery_key = key_of(3).public_key();
    EXPECT_EQ(*parse_confirm(note_of(write_confirm(recovered))), recovered);
    EXPECT_EQ(
        parse_confirm(note_of(with(write_confirm(recovered), "recovery-key", "?"))).error().where,
        "confirm: recovery-key");
}

TEST(Confirmation, names_each_stub_once_and_not_too_many) {
    Confirmation one = a_confirmation();
    one.stubs.clear();
    EXPECT_EQ(parse_confirm(note_of(write_confirm(one))).error().text(),
              "confirm: stub: is missing (malformed)");
    one.stubs = {sha256("one"), sha256("two"), sha256("one")};
    EXPECT_EQ(parse_confirm(note_of(write_confirm(one))).error().where, "confirm: stub");
    one.stubs.clear();
    for (std::size_t i = 0; i < kMaxConfirmed; ++i)
        one.stubs.push_back(sha256(std::to_string(i)));
    EXPECT_EQ(*parse_confirm(note_of(write_confirm(one))), one);
    one.stubs.push_back(sha256("one more"));
    EXPECT_EQ(parse_confirm(note_of(write_confirm(one))).error().kind, ErrorKind::limit);
}

TEST(Confirmation, is_of_now) {
    const Confirmation one = a_confirmation();
    EXPECT_TRUE(check_times(one, kNow + Seconds(300)));
    EXPECT_EQ(check_times(one, kNow + Seconds(301)).error().kind, ErrorKind::expired);
    EXPECT_EQ(check_times(one, kNow - Seconds(301)).error().kind, ErrorKind::future);
}

}  // namespace
}  // namespace kith
