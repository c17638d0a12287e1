// The mistakes that a naive build of this makes, each with a test that would catch it.
#include <gtest/gtest.h>

#include <algorithm>

#include "trust/evidence.h"
#include "trust/fan_out_breaker.h"
#include "trust/hints.h"
#include "trust/outcomes.h"
#include "trust/report_quorum.h"
#include "trust/requests_view.h"
#include "trust/vouching.h"

namespace kith {
namespace {

using enum GrantBucket;
constexpr Seconds kDay = std::chrono::days{1};
constexpr Seconds kHour = std::chrono::hours{1};
constexpr Time kStart = Time(20'000 * kDay);
const Address kAlice = *Address::parse("alice@one.test");
const Address kBob = *Address::parse("bob@two.test");
const Introducer kCarol = {sha256("carol"), *Address::parse("carol@three.test"), "00ff"};
const std::string kSerial = "00112233445566778899aabbccddeeff";

Evidence stranger() {
    Evidence evidence;
    evidence.sender = kAlice;
    evidence.root = sha256("alice");
    evidence.key = {KeyStanding::active, "laptop", std::nullopt, std::nullopt};
    evidence.price = 1000;
    return evidence;
}

int take_all(GrantLedger& ledger, GrantBucket bucket, Time now) {
    int taken = 0;
    while (ledger.take(bucket, now))
        ++taken;
    return taken;
}

TEST(Mistakes, refunding_on_silence) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kStart);
    ASSERT_EQ(take_all(ledger, mail, kStart), 6);
    for (int hour = 0; hour < 48; ++hour)
        (void)ledger.available(mail, kStart + hour * kHour);
    EXPECT_EQ(take_all(ledger, mail, kStart + 2 * kDay), 1) << "0.5 a day, and nothing else";
}

TEST(Mistakes, letting_engagement_of_others_earn) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kStart);
    take_all(ledger, mail, kStart);
    take_all(ledger, introductions, kStart);
    const IssuedVouch wanted{kSerial, kCarol.root, sha256("alice"), "evil.test", {}};
    for (int i = 0; i < 50; ++i) {
        auto vouch = issue_vouch(wanted, ledger, kStart);
        ASSERT_TRUE(vouch);
        const OutcomeNote praise{
            "evil.test", kStart, MessageOutcome::engaged, kSerial, std::nullopt};
        ASSERT_TRUE(settle_vouch(*vouch, praise, ledger, kStart));
    }
    EXPECT_EQ(ledger.earned(kStart), Credit());
    EXPECT_EQ(ledger.available(vouches, kStart), Credit::whole(5)) << "what it was, not more";
    EXPECT_EQ(ledger.available(introductions, kStart), Credit());
    EXPECT_EQ(ledger.available(mail, kStart), Credit());
}

TEST(Mistakes, big_bursts_for_friends) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::well_trusted, kStart);
    for (int i = 0; i < 10'000; ++i)
        ledger.engaged(kStart);
    int in_a_day = 0;
    for (Time now = kStart; now < kStart + kDay; now += Seconds(60))
        in_a_day += take_all(ledger, mail, now);
    EXPECT_LE(in_a_day, 32) << "the cap, and sixteen a day";
}

TEST(Mistakes, limits_at_receivers_only) {
    FanOutBreaker breaker;
    int reached = 0;
    for (int contact = 0; contact < 3'500; ++contact)
        if (breaker.take(1, kStart + Seconds(contact)) == FanOutBreaker::Answer::pass)
            ++reached;
    EXPECT_LE(reached, 40);
}

TEST(Mistakes, matching_hashed_addresses) {
    SeededRandom random(Bytes{1});
    const auto first = *HintMessage::of(kSerial, kBob);
    const auto second = *HintMessage::of("ff112233445566778899aabbccddeeff", kBob);
    const HintKey key = hint_key(make_introducer_key(random), 1);
    const HintKey guess = hint_key(IntroducerKey(sha256("carol@three.test").octets), 1);
    EXPECT_NE(first.tag(key), second.tag(key)) << "nothing repeats from message to message";
    const std::vector guesses{guess};
    const std::vector keys{key};
    EXPECT_EQ(match_hints(first, guesses, make_hints(first, keys, random)).front(), 0);
}

TEST(Mistakes, answer_that_tells_whom_the_recipient_knows) {
    for (const std::uint64_t effort : {0U, 500U, 1000U}) {
        Evidence evidence = stranger();
        if (effort > 0)
            evidence.stamp = StampEvidence{StampEvidence::State::good, effort};
        const Decision without = decide(evidence);
        evidence.word = WordEvidence{WordEvidence::Kind::vouch, kCarol, kOneCredit};
        const Decision with = decide(evidence);
        EXPECT_EQ(with.told, without.told);
        EXPECT_EQ(with.refusal, without.refusal);
        evidence.grant = GrantEvidence{GrantLevel::blocked, false, kAlice};
        EXPECT_EQ(decide(evidence).told, without.told);
    }
}

TEST(Mistakes, trusting_signature_times) {
    // A stub can bear any time; which weekly keys are looked at is up to the receiver's clock.
    EXPECT_FALSE(is_hint_week_open(hint_week(kStart - 20 * kDay), kStart));
    EXPECT_FALSE(is_hint_week_open(hint_week(kStart + 20 * kDay), kStart));
}

TEST(Mistakes, banning_on_a_report_count) {
    ReportQuorum quorum;
    for (int i = 0; i < 1'000; ++i)
        quorum.report(sha256("liar " + std::to_string(i)), kStart);
    EXPECT_TRUE(quorum.is_challenged(100, kStart));
    quorum.clear(kStart);
    EXPECT_FALSE(quorum.is_challenged(100, kStart)) << "one tap";
}

TEST(Mistakes, scores_that_spread) {
    // What somebody thinks of a message touches their own grants, and tells one server at most of
    // its own vouch.
    Evidence evidence = stranger();
    evidence.word = WordEvidence{WordEvidence::Kind::vouch, kCarol, kOneCredit};
    const Settlement settlement =
        settle(decide(evidence), sha256("alice"), kAlice, MessageOutcome::unwanted);
    for (const GrantEffect& effect : settlement.grants)
        EXPECT_EQ(effect.grant, kCarol.root.text());
    EXPECT_EQ(settlement.introducer, kCarol);
}

TEST(Mistakes, transitive_vouches) {
    const Time until = kStart + kIntroductionLife;
    GrantLedger introduced = GrantLedger::introduced(until, kStart);
    EXPECT_EQ(take_all(introduced, introductions, kStart + 20 * kDay), 0);
    EXPECT_EQ(take_all(introduced, vouches, kStart + 20 * kDay), 0);
}

TEST(Mistakes, work_for_people_one_knows) {
    Evidence evidence = stranger();
    evidence.stamp = StampEvidence{StampEvidence::State::wrong, 0};
    evidence.grant = GrantEvidence{GrantLevel::known, false, kAlice, {}, Credit()};
    EXPECT_EQ(decide(evidence).outcome, Outcome::deliver);
}

TEST(Mistakes, work_alone_fills_what_is_seen) {
    std::vector<WaitingStub> waiting;
    for (int i = 0; i < 1'000; ++i)
        waiting.push_back({"paid" + std::to_string(i),
                           "farm" + std::to_string(i) + ".test",
                           WaitingStub::Way::paid,
                           1ULL << 48,
                           kStart - kDay,
                           kStart + kDay});
    waiting.push_back({"poor", "small.test", WaitingStub::Way::starting, 0, kStart, kStart + kDay});
    ShownRequests shown;
    const auto chosen = choose_requests(waiting, shown, Bytes(32, 1), kStart);
    EXPECT_NE(std::ranges::find(chosen, "poor", &ChosenRequest::id), chosen.end());
}

TEST(Mistakes, farm_of_domains_that_praises_itself) {
    // Praise that is not of our own users never reaches a domain's credit: settle() books it from
    // the recipient's own outcomes alone, and an outcome note from elsewhere settles a vouch or
    // nothing.
    DomainCredit credit = DomainCredit::fresh(10, kStart);
    int sent = 0;
    for (Time now = kStart; now < kStart + 30 * kDay; now += kHour)
        while (credit.take(10, now))
            ++sent;
    EXPECT_LE(sent, 2 + 2 * 30);
}

TEST(Mistakes, taking_authenticated_for_good) {
    Evidence evidence = stranger();
    ASSERT_TRUE(evidence.key.good());
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
}

}  // namespace
}  // namespace kith
