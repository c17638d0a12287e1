#include "note/card.h"

#include <gtest/gtest.h>

#include "note/note_tests.h"

namespace kith {
namespace {

constexpr const char* kRecovery =
    "recovery sha256:0000000000000000000000000000000000000000000000000000000000000001\n";

std::string device(const std::string& name, std::uint8_t key, const std::string& flags = "") {
    return "device " + name + " " + key_of(key).public_key().text() + " " +
           recipient_of(key).text() + " 2026-11-23T10:00:00Z" + flags + "\n";
}

// A first card's text out of its lines; `extra` stands at the end.
std::string first(const std::string& devices, const std::string& extra = "") {
    return "kith/1 card\naddress alice@one.test\nserial 1\ntime 2026-11-23T10:00:00Z\n"
           "expires 2027-11-23T10:00:00Z\n" +
           devices + kRecovery + extra;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

void expect_refused(const std::string& text, ErrorKind kind, const std::string& where) {
    const auto card = parse_card(text);
    ASSERT_FALSE(card) << text;
    EXPECT_EQ(card.error().kind, kind) << card.error().text() << "\n" << text;
    EXPECT_EQ(card.error().where, "card: " + where) << card.error().text() << "\n" << text;
}

TEST(Card, every_field_is_read_and_written_back_octet_for_octet) {
    const std::string hash = "sha256:" + std::string(64, 'a');
    const std::string other = "sha256:" + std::string(64, 'b');
    const std::string text =
        "kith/1 card\naddress alice@one.test\nserial 3\nroot " + hash + "\nprev " + hash +
        "\ntime 2026-11-23T10:00:00Z\nexpires 2027-11-23T10:00:00Z\n" + device("laptop", 1) +
        device("phone", 2, " pending") + device("one-test", 3, " server") +
        device("two", 4, " pending server") + "revoked tablet " + key_of(5).public_key().text() +
        " 2026-11-20T00:00:00Z compromised\n" + kRecovery + "guardian " + hash + "\nguardian " +
        other + "\nguardians 2\nguardian-key " + key_of(6).public_key().text() + "\nreplacement " +
        other +
        " 2026-11-23T10:00:00Z\nstrangers stamp token\nmoved alice@two.test\n"
        "frozen 2026-11-23T10:00:00Z\nlater thing\n";
    const auto card = parse_card(text);
    ASSERT_TRUE(card) << card.error().text();
    EXPECT_EQ(card->serial, 3U);
    EXPECT_EQ(card->devices.size(), 4U);
    EXPECT_TRUE(card->device("phone")->pending);
    EXPECT_TRUE(card->device("two")->server);
    EXPECT_EQ(card->device(key_of(3).public_key())->name, "one-test");
    EXPECT_EQ(card->revoked_key(key_of(5).public_key())->reason, RevocationReason::compromised);
    EXPECT_EQ(card->guardians.size(), 2U);
    EXPECT_EQ(card->guardians_needed, 2U);
    EXPECT_EQ(card->guardian_keys, std::vector{key_of(6).public_key()});
    EXPECT_EQ(card->replacement->recovery.text(), other);
    EXPECT_EQ(card->replacement->since, card->time);
    EXPECT_FALSE(card->strangers->introduction);
    EXPECT_EQ(card->moved->text(), "alice@two.test");
    EXPECT_EQ(card->others, (std::vector<Field>{{"later", "thing"}}));
    EXPECT_EQ(card->key_name("phone"), "alice@one.test/phone");
    EXPECT_EQ(write_card(*card), text);
    const std::string recovered =
        first(device("laptop", 1)) + "recovery-key " + key_of(6).public_key().text() + "\n";
    EXPECT_EQ(parse_card(recovered)->recovery_key, key_of(6).public_key());
}

TEST(Card, missing_and_repeated_fields_are_named) {
    const std::string good = first(device("laptop", 1));
    ASSERT_TRUE(parse_card(good));
    using enum ErrorKind;
    expect_refused(with(good, "address alice@one.test\n", ""), malformed, "address");
    expect_refused(with(good, "serial 1\n", ""), malformed, "serial");
    expect_refused(with(good, "time 2026-11-23T10:00:00Z\n", ""), malformed, "time");
    expect_refused(with(good, "expires 2027-11-23T10:00:00Z\n", ""), malformed, "expires");
    expect_refused(with(good, kRecovery, ""), malformed, "recovery");
    expect_refused(first(""), malformed, "device");
    expect_refused(good + "serial 1\n", malformed, "serial");
    expect_refused(good + "address alice@one.test\n", malformed, "address");
    expect_refused(good + "strangers stamp\nstrangers token\n", malformed, "strangers");
    expect_refused(with(good, "kith/1 card", "kith/1 stub"), malformed, "type");
}

TEST(Card, values_that_do_not_parse_are_named) {
    const std::string good = first(device("laptop", 1));
    using enum ErrorKind;
    expect_refused(with(good, "alice@one", "Alice@one"), malformed, "address");
    expect_refused(with(good, "serial 1", "serial 0"), malformed, "serial");
    expect_refused(with(good, "serial 1", "serial 01"), malformed, "serial");
    expect_refused(with(good, "serial 1", "serial 1000000001"), limit, "serial");
    expect_refused(with(good, "time 2026-11-23T10:00:00Z", "time 2026-11-23"), malformed, "time");
    expect_refused(good + "moved alice\n", malformed, "moved");
    expect_refused(good + "moved alice@one.test\n", malformed, "moved");
    expect_refused(good + "frozen now\n", malformed, "frozen");
    expect_refused(good + "strangers stamp stamp\n", malformed, "strangers");
    expect_refused(good + "strangers money\n", malformed, "strangers");
    expect_refused(good + "guardian x\n", malformed, "guardian");
    expect_refused(good + "guardians 16\n", limit, "guardians");
    expect_refused(good + "guardian-key x\n", malformed, "guardian-key");
    expect_refused(good + "replacement x\n", malformed, "replacement");
    expect_refused(good + "recovery-key x\n", malformed, "recovery-key");
}

TEST(Card, guardians_are_a_quorum_of_those_who_are_there) {
    const auto with_guardians = [](int count, const std::string& needed) {
        std::string lines;
        for (int i = 0; i < count; ++i)
            lines += "guardian " + sha256(std::to_string(i)).text() + "\n";
        return first(device("laptop", 1)) + lines + needed;
    };
    EXPECT_TRUE(parse_card(with_guardians(5, "guardians 3\n")));
    EXPECT_TRUE(parse_card(with_guardians(2, "guardians 2\n")));
    EXPECT_TRUE(parse_card(with_guardians(16, "guardians 15\n")));
    using enum ErrorKind;
    expect_refused(with_guardians(2, ""), malformed, "guardians");
    expect_refused(with_guardians(0, "guardians 2\n"), malformed, "guardians");
    expect_refused(with_guardians(2, "guardians 3\n"), malformed, "guardians");
    expect_refused(with_guardians(5, "guardians 1\n"), malformed, "guardians");
    expect_refused(with_guardians(17, "guardians 2\n"), limit, "guardian");
    expect_refused(with_guardians(2, "guardian " + sha256("1").text() + "\nguardians 2\n"),
                   malformed,
                   "guardian");
}

TEST(Card, an_announcement_is_of_the_cards_time_and_of_another_key) {
    const std::string key = "guardian-key " + key_of(6).public_key().text() + "\n";
    const std::string hash = "sha256:" + std::string(64, 'b');
    const std::string now = "replacement " + hash + " 2026-11-23T10:00:00Z\n";
    const std::string good = first(device("laptop", 1));
    EXPECT_TRUE(parse_card(good + key + now));
    EXPECT_TRUE(parse_card(good + "replacement " + hash + " 2026-11-20T10:00:00Z\n"))
        << "kept by the cards that follow the announcement";
    using enum ErrorKind;
    expect_refused(good + key, malformed, "guardian-key");
    expect_refused(
        good + key + "replacement " + hash + " 2026-11-20T10:00:00Z\n", malformed, "guardian-key");
    expect_refused(good + key + key + now, malformed, "guardian-key");
    const std::string recovery_key = "recovery-key " + key_of(7).public_key().text() + "\n";
    expect_refused(good + key + now + recovery_key, malformed, "recovery-key");
    expect_refused(good + now + recovery_key, malformed, "recovery-key");
    const std::string own = std::string(kRecovery).substr(std::string("recovery ").size(), 71);
    expect_refused(
        good + "replacement " + own + " 2026-11-20T10:00:00Z\n", malformed, "replacement");
}

TEST(Card, serial_1_and_no_other_is_without_root_and_prev) {
    const std::string good = first(device("laptop", 1));
    const std::string hash = "sha256:" + std::string(64, 'a');
    expect_refused(good + "root " + hash + "\n", ErrorKind::malformed, "root");
    expect_refused(good + "prev " + hash + "\n", ErrorKind::malformed, "prev");
    expect_refused(with(good, "serial 1", "serial 2"), ErrorKind::malformed, "root");
    expect_refused(
        with(good, "serial 1", "serial 2") + "root " + hash + "\n", ErrorKind::malformed, "prev");
}

TEST(Card, lives_400_days_at_most) {
    const std::string good = first(device("laptop", 1));
    const std::string expires = "expires 2027-11-23T10:00:00Z";
    EXPECT_TRUE(parse_card(with(good, expires, "expires 2027-12-28T10:00:00Z")));
    expect_refused(
        with(good, expires, "expires 2027-12-28T10:00:01Z"), ErrorKind::limit, "expires");
    expect_refused(
        with(good, expires, "expires 2026-11-23T10:00:00Z"), ErrorKind::malformed, "expires");
}

TEST(Card, takes_16_devices_and_64_revoked_ones) {
    std::string devices;
    for (std::uint8_t i = 1; i <= 16; ++i)
        devices += device("d" + std::to_string(i), i);
    std::string revoked;
    const auto revoked_line = [](std::uint8_t i) {
        return "revoked r" + std::to_string(i) + " " + key_of(i).public_key().text() +
               " 2026-11-20T00:00:00Z lost\n";
    };
    for (std::uint8_t i = 100; i < 164; ++i)
        revoked += revoked_line(i);
    EXPECT_TRUE(parse_card(first(devices, revoked)));
    expect_refused(first(devices + device("d17", 17), revoked), ErrorKind::limit, "device");
    expect_refused(first(devices, revoked + revoked_line(164)), ErrorKind::limit, "revoked");
}

TEST(Card, names_and_keys_are_unique_among_devices_and_revoked_ones) {
    using enum ErrorKind;
    expect_refused(first(device("a", 1) + device("a", 2)), malformed, "device");
    expect_refused(first(device("a", 1) + device("b", 1)), malformed, "device");
    const std::string tail = " 2026-11-20T00:00:00Z lost\n";
    expect_refused(first(device("a", 1), "revoked a " + key_of(2).public_key().text() + tail),
                   malformed,
                   "revoked");
    expect_refused(first(device("a", 1), "revoked b " + key_of(1).public_key().text() + tail),
                   malformed,
                   "revoked");
}

TEST(Card, a_device_line_has_four_words_and_known_flags) {
    using enum ErrorKind;
    expect_refused(first(device("a", 1, " server pending")), malformed, "device");
    expect_refused(first(device("a", 1, " pending pending")), malformed, "device");
    expect_refused(first(device("a", 1, " archive")), malformed, "device");
    expect_refused(first(device("a", 1, " ")), malformed, "device");
    expect_refused(first(device("A", 1)), malformed, "device");
    expect_refused(first("device a " + key_of(1).public_key().text() + "\n"), malformed, "device");
    const std::string good = first(device("a", 1));
    const std::string key = key_of(2).public_key().text();
    expect_refused(good + "revoked b " + key + " 2026-11-20T00:00:00Z\n", malformed, "revoked");
    expect_refused(
        good + "revoked b " + key + " 2026-11-20T00:00:00Z bored\n", malformed, "revoked");
}

TEST(Card, a_revealed_recovery_key_cannot_be_committed_to_again) {
    const std::string key = key_of(9).public_key().text();
    const std::string commitment =
        "recovery " + sha256(key_of(9).public_key().view()).text() + "\n";
    expect_refused(
        with(first(device("a", 1)), kRecovery, commitment) + "recovery-key " + key + "\n",
        ErrorKind::malformed,
        "recovery");
}

TEST(Card, times_are_held_against_the_clock) {
    const Card card = *parse_card(first(device("laptop", 1)));
    EXPECT_TRUE(check_times(card, card.time - Seconds(300)));
    const auto ahead = check_times(card, card.time - Seconds(301));
    ASSERT_FALSE(ahead);
    EXPECT_EQ(ahead.error().kind, ErrorKind::future);
    EXPECT_EQ(ahead.error().where, "card: time");
    const auto over = check_times(card, card.expires + Seconds(1));
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().kind, ErrorKind::expired);
    EXPECT_EQ(over.error().where, "card: expires");
}

TEST(Strangers, nobody_is_a_name_without_value) {
    const auto card = parse_card(first(device("laptop", 1), "strangers\n"));
    ASSERT_TRUE(card);
    EXPECT_EQ(card->strangers->text(), "");
    EXPECT_FALSE(card->strangers->stamp || card->strangers->token);
    EXPECT_EQ(write_card(*card), first(device("laptop", 1), "strangers\n"));
}

TEST(SignedCard, its_hash_is_its_root_when_it_is_the_first) {
    const SignedNote note =
        *SignedNote::sign(first(device("laptop", 1)), "alice@one.test/laptop", key_of(1));
    const auto card = read_card(note.octets());
    ASSERT_TRUE(card);
    EXPECT_EQ(card->hash, note_hash(note.text()));
    EXPECT_EQ(card->root(), card->hash);
    EXPECT_FALSE(read_card("x"));
}

}  // namespace
}  // namespace kith
