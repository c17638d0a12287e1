#include "trust/vouching.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using enum MessageOutcome;
constexpr Time kStart = Time(Seconds(1'790'000'000));
constexpr Seconds kDay = std::chrono::days{1};
const std::string kSerial = "00112233445566778899aabbccddeeff";

IssuedVouch wanted() {
    return {kSerial, sha256("carol"), sha256("alice"), "two.test", {}};
}

OutcomeNote said(MessageOutcome outcome, const std::string& domain = "two.test") {
    return {domain, kStart, outcome, kSerial, std::nullopt};
}

class Vouching : public ::testing::Test {
  protected:
    Credit vouches() const { return ledger_.available(GrantBucket::vouches, kStart); }

    GrantLedger ledger_ = GrantLedger::granted(GrantLevel::known, kStart);
};

TEST_F(Vouching, costs_one_and_is_over_when_there_is_none) {
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(issue_vouch(wanted(), ledger_, kStart));
    EXPECT_FALSE(issue_vouch(wanted(), ledger_, kStart));
}

TEST_F(Vouching, nobody_stands_for_people_who_were_only_introduced) {
    GrantLedger introduced = GrantLedger::introduced(kStart + 30 * kDay, kStart);
    EXPECT_FALSE(issue_vouch(wanted(), introduced, kStart));
    GrantLedger asleep = GrantLedger::granted(GrantLevel::known, kStart - 401 * kDay);
    EXPECT_FALSE(issue_vouch(wanted(), asleep, kStart));
    ledger_.suspend(kStart);
    EXPECT_FALSE(issue_vouch(wanted(), ledger_, kStart));
}

TEST_F(Vouching, outcome_counts_once) {
    auto vouch = issue_vouch(wanted(), ledger_, kStart);
    auto other = issue_vouch(wanted(), ledger_, kStart);
    ASSERT_TRUE(vouch && other);
    EXPECT_TRUE(settle_vouch(*vouch, said(engaged), ledger_, kStart));
    EXPECT_EQ(vouches(), Credit::whole(4));
    for (const MessageOutcome outcome : {engaged, unwanted, looks_hacked}) {
        const auto again = settle_vouch(*vouch, said(outcome), ledger_, kStart);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().kind, ErrorKind::conflict);
    }
    EXPECT_EQ(vouches(), Credit::whole(4)) << "the other's debit is not given back for this one";
}

TEST_F(Vouching, unwanted_costs_two_more) {
    auto vouch = issue_vouch(wanted(), ledger_, kStart);
    ASSERT_TRUE(vouch);
    EXPECT_TRUE(settle_vouch(*vouch, said(unwanted), ledger_, kStart));
    EXPECT_EQ(vouches(), Credit::whole(2));
    EXPECT_FALSE(ledger_.refund(GrantBucket::vouches, kStart, kStart));
}

TEST_F(Vouching, only_those_it_was_given_to_speak_of_it) {
    auto vouch = issue_vouch(wanted(), ledger_, kStart);
    ASSERT_TRUE(vouch);
    EXPECT_EQ(settle_vouch(*vouch, said(unwanted, "evil.test"), ledger_, kStart).error().kind,
              ErrorKind::denied);
    OutcomeNote other = said(engaged);
    other.vouch = "ff112233445566778899aabbccddeeff";
    EXPECT_EQ(settle_vouch(*vouch, other, ledger_, kStart).error().kind, ErrorKind::denied);
    EXPECT_EQ(settle_vouch(*vouch, said(engaged), ledger_, kStart + 61 * kDay).error().kind,
              ErrorKind::expired);
    EXPECT_EQ(vouches(), Credit::whole(4));
}

TEST_F(Vouching, recipient_takes_what_it_asked_for_and_nothing_else) {
    const WantedVouch asked{sha256("carol"), "three.test", sha256("alice"), sha256("commitment")};
    const Vouch good{kSerial,
                     kStart,
                     kStart + kMaxVouchLife,
                     asked.domain,
                     asked.introducer,
                     asked.subject,
                     asked.recipient};
    EXPECT_TRUE(check_vouch(good, asked, kStart));
    const auto refused = [&](auto change) {
        Vouch vouch = good;
        change(vouch);
        const auto checked = check_vouch(vouch, asked, kStart);
        return checked ? "" : checked.error().where;
    };
    EXPECT_EQ(refused([](Vouch& v) { v.introducer = sha256("eve"); }), "vouch: introducer");
    EXPECT_EQ(refused([](Vouch& v) { v.domain = "evil.test"; }), "vouch: domain");
    EXPECT_EQ(refused([](Vouch& v) { v.subject = sha256("eve"); }), "vouch: subject");
    EXPECT_EQ(refused([](Vouch& v) { v.recipient = sha256("dave"); }), "vouch: recipient");
    EXPECT_EQ(refused([](Vouch& v) { v.expires = kStart - kDay; }), "vouch: expires");
}

TEST_F(Vouching, record_parses_back) {
    auto vouch = issue_vouch(wanted(), ledger_, kStart);
    ASSERT_TRUE(vouch);
    EXPECT_EQ(*parse_issued_vouch(write_issued_vouch(*vouch)), *vouch);
    vouch->state = IssuedVouch::State::settled;
    const std::string text = write_issued_vouch(*vouch);
    EXPECT_EQ(*parse_issued_vouch(text), *vouch);
    EXPECT_EQ(parse_issued_vouch(text + " 1").error().where, "issued vouch: end");
    EXPECT_EQ(parse_issued_vouch(text.substr(0, text.size() - 1) + "2").error().where,
              "issued vouch: settled");
    EXPECT_EQ(parse_issued_vouch("1 " + text.substr(3)).error().where, "issued vouch: serial");
    EXPECT_EQ(parse_issued_vouch("1 " + kSerial + " x").error().where, "issued vouch: introducer");
}

}  // namespace
}  // namespace kith
