// From what `kith send` was told to a message on its way: recipients, tokens, files, the outbox
// form.
#include "kith/outgoing.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "crypto/random.h"
#include "kith/exit_code.h"
#include "kith/submission.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

const std::string kId(32, 'a');

Result<Outgoing> outgoing_of(const SendWish& wish) {
    return make_outgoing(
        wish, *Address::parse("alice@one.test"), kId, Time(Seconds(1'790'000'000)));
}

SendWish to_bob() {
    SendWish wish;
    wish.to = {"bob@two.test"};
    wish.subject = "Dinner";
    wish.text = "Saturday at eight?";
    return wish;
}

void expect_usage_error(const SendWish& wish) {
    const auto outgoing = outgoing_of(wish);
    ASSERT_FALSE(outgoing);
    EXPECT_EQ(exit_code_of(outgoing.error()), ExitCode::usage) << sentence_of(outgoing.error());
}

TEST(Outgoing, NamesEverybodyOnceHoweverOftenAndHoweverSpelled) {
    SendWish wish = to_bob();
    wish.to = {"bob@two.test", "BOB@Two.Test", "bob+news@two.test"};
    wish.cc = {"bob@two.test", "carol@one.test"};
    wish.bcc = {"carol@one.test", "dora@one.test"};
    const auto outgoing = *outgoing_of(wish);
    ASSERT_EQ(outgoing.recipients.size(), 3U);
    EXPECT_EQ(outgoing.recipients[0].as, Recipient::As::to);
    EXPECT_EQ(outgoing.recipients[1].as, Recipient::As::cc);
    EXPECT_EQ(outgoing.recipients[2].as, Recipient::As::bcc);
    EXPECT_EQ(outgoing.message.find("dora"), std::string::npos) << "a Bcc is told to nobody";
}

TEST(Outgoing, TakesFiveHundredRecipientsAndNoMore) {
    SendWish wish = to_bob();
    wish.to.clear();
    for (int i = 0; i < 500; ++i)
        wish.to.push_back("p" + std::to_string(i) + "@two.test");
    EXPECT_EQ(outgoing_of(wish)->recipients.size(), 500U);
    wish.bcc = {"one.more@two.test"};
    expect_usage_error(wish);
}

TEST(Outgoing, RefusesWhatIsNoAddressAndNobody) {
    SendWish wish = to_bob();
    for (const char* bad :
         {"bob", "bob@", "@two.test", "b ob@two.test", "bob@two.test\033[31m", ""}) {
        wish.to = {bad};
        expect_usage_error(wish);
    }
    wish.to.clear();
    expect_usage_error(wish);
}

TEST(Outgoing, ASubjectCannotBreakOutOfItsLine) {
    SendWish wish = to_bob();
    for (const char* bad : {"a\nBcc: mallory@three.test", "a\rb", "esc \033[31m", "\xFF"}) {
        wish.subject = bad;
        expect_usage_error(wish);
    }
    wish.subject = std::string(999, 'x');
    expect_usage_error(wish);
    wish.subject = "Grüße, 漢字 📬";
    EXPECT_EQ(outgoing_of(wish)->subject, wish.subject);
}

TEST(Outgoing, TextIsUtf8) {
    SendWish wish = to_bob();
    wish.text = "\xFF\xFE";
    expect_usage_error(wish);
    wish.text = std::string("a\0b", 3);
    expect_usage_error(wish);
}

TEST(Outgoing, ATokenGoesToWhomItIsFor) {
    SendWish wish = to_bob();
    wish.tokens = {"abc123"};
    EXPECT_EQ(outgoing_of(wish)->recipients[0].token, "abc123");
    wish.cc = {"carol@one.test"};
    expect_usage_error(wish);  // bare, and whose?
    wish.tokens = {"kith:carol@one.test?token=abc123"};
    const auto outgoing = *outgoing_of(wish);
    EXPECT_EQ(outgoing.recipients[0].token, "");
    EXPECT_EQ(outgoing.recipients[1].token, "abc123");
    wish.tokens = {"kith:dora@one.test?token=abc123"};
    expect_usage_error(wish);
    wish.tokens = {"no token!"};
    expect_usage_error(wish);
}

TEST(Outgoing, AnIntroductionIsOfTwoPeopleAndStaysOneInTheOutbox) {
    SendWish wish = to_bob();
    wish.introduces = Outgoing::Introduces::yes;
    expect_usage_error(wish);
    wish.to.emplace_back("bob@two.test");
    expect_usage_error(wish);
    wish.to.emplace_back("carol@one.test");
    const auto outgoing = *outgoing_of(wish);
    EXPECT_EQ(parse_outgoing(write_outgoing(outgoing))->introduces, Outgoing::Introduces::yes);
    wish.to.emplace_back("dora@one.test");
    expect_usage_error(wish);
}

TEST(Outgoing, AnEmlFileGoesAsItIs) {
    SystemRandom random;
    const fs::path file = fs::temp_directory_path() / ("kith-eml-" + hex(random.array<8>()));
    const std::string octets = "Subject: as it is\nX-Odd:  two  spaces\n\nbare line ends\n";
    std::ofstream(file) << octets;
    SendWish wish = to_bob();
    wish.eml = file.string();
    EXPECT_EQ(outgoing_of(wish)->message, octets);
    EXPECT_EQ(outgoing_of(wish)->subject, "as it is");
    std::ofstream(file) << "no header at all";
    EXPECT_NE(sentence_of(outgoing_of(wish).error()).find(file.string()), std::string::npos);
    fs::remove(file);
    EXPECT_EQ(outgoing_of(wish).error().kind, ErrorKind::io);
}

TEST(Outgoing, ComesBackFromTheOutboxWhole) {
    SendWish wish = to_bob();
    wish.bcc = {"dora@one.test"};
    wish.tokens = {"kith:bob@two.test?token=abc123&root=" + sha256("bob").hex_text()};
    wish.answers = std::string(32, 'b');
    const auto outgoing = *outgoing_of(wish);
    const auto back = *parse_outgoing(write_outgoing(outgoing));
    EXPECT_EQ(back.id, outgoing.id);
    EXPECT_EQ(back.time, outgoing.time);
    EXPECT_EQ(back.message, outgoing.message);
    EXPECT_EQ(back.preview, outgoing.preview);
    EXPECT_EQ(back.answers, outgoing.answers);
    ASSERT_EQ(back.recipients.size(), 2U);
    EXPECT_EQ(back.recipients[0].token, "abc123");
    EXPECT_EQ(back.recipients[0].root, sha256("bob"));
    EXPECT_EQ(back.recipients[1].as, Recipient::As::bcc);
}

TEST(Outgoing, ADamagedOutboxFileIsMalformed) {
    const std::string whole = write_outgoing(*outgoing_of(to_bob()));
    for (const std::string& bad : {std::string(), std::string("{}\n"), whole.substr(0, 20)})
        EXPECT_EQ(parse_outgoing(bad).error().kind, ErrorKind::malformed);
}

json::array recipients_in(std::initializer_list<const char*> states) {
    json::array list;
    for (const char* state : states)
        list.push_back(json::object{{"address", "bob@two.test"}, {"state", state}});
    return list;
}

TEST(Fate, IsBadWhenOneIsLostAndOpenWhileOneIsOnItsWay) {
    EXPECT_EQ(fate_of(recipients_in({"delivered", "held"})), Fate::good);
    EXPECT_EQ(fate_of(recipients_in({"delivered", "queued"})), Fate::open);
    EXPECT_EQ(fate_of(recipients_in({"sending", "refused"})), Fate::bad);
    EXPECT_EQ(fate_of(recipients_in({"needs-stamp"})), Fate::bad);
}

TEST(Fate, KeepsBlindCopiesAndToleratesWhatAServerLeavesOut) {
    const auto submission = *parse_json_object(
        R"({"deliveryStatus": {"bob@two.test": {"state": "delivered", "bcc": true}, "odd": 7}})");
    const auto recipients = recipients_of(submission);
    ASSERT_EQ(recipients.size(), 1U);
    const auto& bob = recipients[0].get_object();
    EXPECT_EQ(text_at(bob, "address"), "bob@two.test");
    EXPECT_TRUE(flag_at(bob, "bcc"));
    EXPECT_TRUE(value_at(bob, "price").is_null());
    EXPECT_TRUE(value_at(bob, "effort").is_null());
}

TEST(Readdressed, IsTheHeaderAloneWhereverItNamesTheOldAddress) {
    const auto from = *Address::parse("olga@one.test");
    const auto to = *Address::parse("olga@provider.three.test");
    EXPECT_EQ(readdressed("To: olga@one.test, bob@two.test\r\nCc: <olga@one.test>\r\n\r\n"
                          "olga@one.test wrote\r\n\r\nto olga@one.test\r\n",
                          from,
                          to),
              "To: olga@provider.three.test, bob@two.test\r\nCc: <olga@provider.three.test>\r\n\r\n"
              "olga@one.test wrote\r\n\r\nto olga@one.test\r\n");
    EXPECT_EQ(readdressed("To: bob@two.test\r\n\r\nx\r\n", from, to),
              "To: bob@two.test\r\n\r\nx\r\n");
}

TEST(Later, GoesWhatTheServerCannotTakeNow) {
    EXPECT_TRUE(goes_later(fail(ErrorKind::unavailable, "server")));
    EXPECT_TRUE(goes_later(fail(ErrorKind::timeout, "server")));
    EXPECT_TRUE(goes_later(fail(ErrorKind::limit, "overQuota")));
    EXPECT_FALSE(goes_later(fail(ErrorKind::limit, "message", "too large")));
    EXPECT_FALSE(goes_later(fail(ErrorKind::not_found, "nobody@two.test")));
}

}  // namespace
}  // namespace kith
