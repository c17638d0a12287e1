// Ask, vouch, introduction, outcome: their forms and every refusal.
#include <gtest/gtest.h>

#include "note/ask.h"
#include "note/introduction.h"
#include "note/note_forms_tests.h"
#include "note/outcome.h"
#include "note/vouch.h"

namespace kith {
namespace {

const Time kNow = at("2026-11-23T10:00:00Z");
const std::string kId = "00112233445566778899aabbccddeeff";
constexpr Seconds kDay = std::chrono::days{1};

Address address(std::string_view text) {
    return *Address::parse(text);
}

Ask an_ask() {
    return {kId, kNow, address("alice@one.test"), sha256("alice"), sha256("card"), "two.test"};
}

Vouch a_vouch() {
    Vouch vouch;
    vouch.serial = kId;
    vouch.time = kNow;
    vouch.expires = kNow + kMaxVouchLife;
    vouch.domain = "three.test";
    vouch.introducer = sha256("carol");
    vouch.subject = sha256("alice");
    vouch.recipient = recipient_commitment(address("bob@two.test"), ByteArray<32>{});
    return vouch;
}

Introduction an_introduction() {
    Introduction introduction;
    introduction.id = kId;
    introduction.time = kNow;
    introduction.expires = kNow + kMaxIntroductionLife;
    introduction.from = address("carol@three.test");
    introduction.root = sha256("carol");
    introduction.card = sha256("carol's card");
    introduction.people = {IntroducedPerson{address("alice@one.test"), sha256("alice")},
                           IntroducedPerson{address("bob@two.test"), sha256("bob")}};
    return introduction;
}

OutcomeNote an_outcome() {
    return {
        "two.test", kNow, MessageOutcome::unwanted, std::nullopt, sha256("a stub"), sha256("bob")};
}

// A text that is over the limit of its type alone.
std::string padded(const std::string& text) {
    return text + "later " + std::string(4096 - text.size(), 'x') + "\n";
}

TEST(Ask, is_strict_and_good_for_two_weeks) {
    const std::string text = write_ask(an_ask());
    EXPECT_EQ(*parse_ask(note_of(text)), an_ask());
    expect_strict(text, "ask", {"id", "time", "from", "root", "card", "domain"}, parse_ask);
    EXPECT_EQ(parse_ask(note_of(padded(text))).error().kind, ErrorKind::limit);
    EXPECT_TRUE(check_times(an_ask(), kNow + kAskLife));
    EXPECT_EQ(check_times(an_ask(), kNow + kAskLife + Seconds(1)).error().kind, ErrorKind::expired);
    EXPECT_EQ(check_times(an_ask(), kNow - Seconds(301)).error().where, "ask: time");
}

TEST(Ask, does_not_say_to_whom_the_sender_writes) {
    EXPECT_EQ(write_ask(an_ask()).find("bob"), std::string::npos);
}

TEST(Vouch, is_strict_and_good_for_seven_days) {
    const std::string text = write_vouch(a_vouch());
    EXPECT_EQ(*parse_vouch(note_of(text)), a_vouch());
    expect_strict(text,
                  "vouch",
                  {"serial", "time", "expires", "domain", "introducer", "subject", "recipient"},
                  parse_vouch);
    EXPECT_EQ(parse_vouch(note_of(padded(text))).error().kind, ErrorKind::limit);
    Vouch vouch = a_vouch();
    EXPECT_TRUE(check_times(vouch, vouch.expires));
    EXPECT_EQ(check_times(vouch, vouch.expires + Seconds(1)).error().where, "vouch: expires");
    EXPECT_EQ(check_times(vouch, kNow - Seconds(301)).error().where, "vouch: time");
    vouch.expires += Seconds(1);
    EXPECT_EQ(parse_vouch(note_of(write_vouch(vouch))).error().kind, ErrorKind::limit);
    vouch.expires = vouch.time;
    EXPECT_EQ(parse_vouch(note_of(write_vouch(vouch))).error().where, "vouch: expires");
}

TEST(Vouch, nobody_stands_for_themselves) {
    Vouch vouch = a_vouch();
    vouch.subject = vouch.introducer;
    EXPECT_EQ(parse_vouch(note_of(write_vouch(vouch))).error().where, "vouch: subject");
}

TEST(Vouch, commitment_is_to_one_recipient_and_hides_them) {
    const Address bob = address("bob@two.test");
    SeededRandom random(Bytes{1});
    const auto nonce = random.array<32>();
    EXPECT_EQ(recipient_commitment(bob, nonce), recipient_commitment(bob, nonce));
    EXPECT_NE(recipient_commitment(bob, nonce),
              recipient_commitment(address("bo@two.test"), nonce));
    EXPECT_NE(recipient_commitment(bob, nonce), recipient_commitment(bob, random.array<32>()));
    EXPECT_EQ(write_vouch(a_vouch()).find("bob"), std::string::npos);
}

TEST(Introduction, is_strict_and_good_for_thirty_days) {
    const std::string text = write_introduction(an_introduction());
    EXPECT_EQ(*parse_introduction(note_of(text)), an_introduction());
    expect_strict(text,
                  "introduction",
                  {"id", "time", "expires", "from", "root", "card"},
                  parse_introduction);
    EXPECT_EQ(parse_introduction(note_of(padded(text))).error().kind, ErrorKind::limit);
    Introduction one = an_introduction();
    EXPECT_EQ(check_times(one, one.expires + Seconds(1)).error().where, "introduction: expires");
    EXPECT_EQ(check_times(one, kNow - Seconds(301)).error().where, "introduction: time");
    one.expires += Seconds(1);
    EXPECT_EQ(parse_introduction(note_of(write_introduction(one))).error().kind, ErrorKind::limit);
    one.expires = one.time;
    EXPECT_EQ(parse_introduction(note_of(write_introduction(one))).error().where,
              "introduction: expires");
}

TEST(Introduction, is_of_two_others) {
    const std::string text = write_introduction(an_introduction());
    const std::string third = "person dave@one.test " + sha256("dave").text() + "\n";
    EXPECT_EQ(parse_introduction(note_of(text + third)).error().kind, ErrorKind::limit);
    for (const std::string& bad :
         {without(text, "person"),
          without(without(text, "person"), "person"),
          with(text, "person", "alice@one.test"),
          with(text, "person", "alice@one.test  " + sha256("alice").text()),
          with(text, "person", "alice@one.test " + sha256("bob").text()),
          with(text, "person", "alice@one.test " + sha256("carol").text()),
          with(text, "person", "ALICE@one.test " + sha256("alice").text())}) {
        const auto result = parse_introduction(note_of(bad));
        ASSERT_FALSE(result) << bad;
        EXPECT_EQ(result.error().text().substr(0, 20), "introduction: person");
        EXPECT_EQ(result.error().kind, ErrorKind::malformed);
    }
}

TEST(Introduction, tells_each_of_the_two_of_the_other) {
    const Introduction one = an_introduction();
    EXPECT_EQ(one.other(sha256("alice"))->address, address("bob@two.test"));
    EXPECT_EQ(one.other(sha256("bob"))->address, address("alice@one.test"));
    EXPECT_EQ(one.other(sha256("carol")), nullptr);
    EXPECT_NE(one.serial_for(sha256("alice")), one.serial_for(sha256("bob")));
    OutcomeNote outcome = an_outcome();
    outcome.stub.reset();
    outcome.root.reset();
    outcome.vouch = one.serial_for(sha256("alice"));
    EXPECT_EQ(*parse_outcome(note_of(write_outcome(outcome))), outcome) << "it is a serial";
}

TEST(OutcomeNote, is_strict_and_about_one_thing) {
    OutcomeNote one = an_outcome();
    const std::string text = write_outcome(one);
    EXPECT_EQ(*parse_outcome(note_of(text)), one);
    expect_strict(text, "outcome", {"domain", "time", "outcome"}, parse_outcome);
    EXPECT_EQ(parse_outcome(note_of(padded(text))).error().kind, ErrorKind::limit);
    EXPECT_EQ(parse_outcome(note_of(with(text, "stub", "?"))).error().where, "outcome: stub");
    EXPECT_EQ(parse_outcome(note_of(without(text, "stub"))).error().where, "outcome: vouch");
    EXPECT_EQ(parse_outcome(note_of(without(text, "root"))).error().where, "outcome: root");
    EXPECT_EQ(parse_outcome(note_of(with(text, "root", "?"))).error().where, "outcome: root");
    EXPECT_EQ(parse_outcome(note_of(text + "vouch " + kId + "\n")).error().where, "outcome: vouch");
    one.stub.reset();
    one.vouch = kId;
    EXPECT_EQ(parse_outcome(note_of(write_outcome(one))).error().where, "outcome: root");
    one.root.reset();
    for (const MessageOutcome outcome :
         {MessageOutcome::engaged, MessageOutcome::unwanted, MessageOutcome::looks_hacked}) {
        one.outcome = outcome;
        EXPECT_EQ(*parse_outcome(note_of(write_outcome(one))), one);
    }
    EXPECT_FALSE(parse_outcome(note_of(with(text, "outcome", "opened")))) << "is no outcome";
    EXPECT_TRUE(check_times(one, kNow + kOutcomeLife));
    EXPECT_EQ(check_times(one, kNow + 61 * kDay).error().kind, ErrorKind::expired);
    EXPECT_EQ(check_times(one, kNow - Seconds(301)).error().where, "outcome: time");
}

}  // namespace
}  // namespace kith
