#include "trust/outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Act = GrantEffect::Act;
using State = GrantEvidence::State;
using enum MessageOutcome;

constexpr Time kStart = Time(Seconds(1'790'000'000));
const Address kAlice = *Address::parse("alice@one.test");
const Hash kAliceRoot = sha256("alice");
const Introducer kCarol = {sha256("carol"), *Address::parse("carol@three.test"), "00ff"};
const std::string kAliceGrant = kAliceRoot.text();
const std::string kCarolGrant = kCarol.root.text();

Evidence stranger() {
    Evidence evidence;
    evidence.sender = kAlice;
    evidence.root = kAliceRoot;
    evidence.key = {KeyStanding::active, "laptop", std::nullopt, std::nullopt};
    return evidence;
}

Evidence contact(Credit mail, State state = State::firm) {
    Evidence evidence = stranger();
    evidence.grant = GrantEvidence{GrantLevel::known, false, kAlice, state, mail, kCarol};
    return evidence;
}

Evidence vouched_for() {
    Evidence evidence = stranger();
    evidence.word = WordEvidence{WordEvidence::Kind::vouch, kCarol, kOneCredit};
    return evidence;
}

Settlement outcome_of(const Evidence& evidence, MessageOutcome outcome) {
    // As it stands in the store.
    const Decision decision = *parse_decision(write_decision(decide(evidence)));
    return settle(decision, kAliceRoot, kAlice, outcome);
}

TEST(Outcomes, of_a_contacts_mail) {
    const Settlement good = outcome_of(contact(kOneCredit), engaged);
    EXPECT_THAT(good.grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::refund, GrantBucket::mail},
                                     GrantEffect{kAliceGrant, Act::engaged}));
    EXPECT_FALSE(good.introducer || good.domain);
    EXPECT_EQ(good.home, Settlement::TellHome::no) << "engagement is nobody else's affair";
    const Settlement bad = outcome_of(contact(kOneCredit), unwanted);
    EXPECT_THAT(bad.grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::write_off, GrantBucket::mail},
                                     GrantEffect{kAliceGrant, Act::discount_word},
                                     GrantEffect{kAliceGrant, Act::discount_vouches}));
    EXPECT_EQ(bad.home, Settlement::TellHome::yes);
    EXPECT_THAT(outcome_of(contact(kOneCredit), looks_hacked).grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::write_off, GrantBucket::mail},
                                     GrantEffect{kAliceGrant, Act::suspend}));
}

TEST(Outcomes, what_was_not_debited_is_not_refunded) {
    EXPECT_THAT(outcome_of(contact(Credit()), engaged).grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::engaged}));
}

TEST(Outcomes, of_a_vouch_are_the_introducers) {
    const Settlement good = outcome_of(vouched_for(), engaged);
    EXPECT_THAT(
        good.grants,
        UnorderedElementsAre(GrantEffect{kCarolGrant, Act::refund, GrantBucket::introductions}));
    EXPECT_EQ(good.introducer, kCarol) << "and their server is told";
    EXPECT_FALSE(good.domain);
    for (const MessageOutcome outcome : {unwanted, looks_hacked}) {
        const Settlement bad = outcome_of(vouched_for(), outcome);
        EXPECT_THAT(bad.grants,
                    UnorderedElementsAre(
                        GrantEffect{kCarolGrant, Act::write_off, GrantBucket::introductions},
                        GrantEffect{kCarolGrant, Act::discount_word}));
        EXPECT_EQ(bad.introducer, kCarol);
        EXPECT_EQ(bad.home, Settlement::TellHome::yes);
    }
}

TEST(Outcomes, whoever_was_introduced_is_on_the_introducers_account_until_answered) {
    const Settlement bad = outcome_of(contact(kOneCredit, State::introduced), unwanted);
    EXPECT_THAT(bad.grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::write_off, GrantBucket::mail},
                                     GrantEffect{kCarolGrant, Act::discount_word},
                                     GrantEffect{kAliceGrant, Act::discount_word},
                                     GrantEffect{kAliceGrant, Act::discount_vouches}));
    EXPECT_EQ(bad.introducer, kCarol);
    const Settlement good = outcome_of(contact(kOneCredit, State::introduced), engaged);
    EXPECT_THAT(good.grants,
                UnorderedElementsAre(GrantEffect{kAliceGrant, Act::refund, GrantBucket::mail},
                                     GrantEffect{kAliceGrant, Act::engaged}));
    EXPECT_EQ(good.introducer, kCarol);
}

TEST(Outcomes, of_first_contacts_are_their_domains) {
    Evidence evidence = stranger();
    evidence.domain = DomainEvidence{kOneCredit};
    EXPECT_EQ(
        outcome_of(evidence, engaged).domain,
        (DomainEffect{"one.test", DomainEffect::Act::engaged, DomainCredit::Paid::by_credit}));
    evidence = stranger();
    evidence.stamp = StampEvidence{StampEvidence::State::good, 1};
    EXPECT_EQ(
        outcome_of(evidence, unwanted).domain,
        (DomainEffect{"one.test", DomainEffect::Act::unwanted, DomainCredit::Paid::otherwise}));
    evidence.token = TokenEvidence{TokenKind::newsletter, TokenEvidence::State::good, "00", ""};
    EXPECT_FALSE(outcome_of(evidence, engaged).domain) << "a newsletter earns nothing";
    EXPECT_THAT(outcome_of(evidence, engaged).grants, IsEmpty());
}

TEST(Outcomes, are_applied_to_the_ledgers) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kStart);
    ASSERT_TRUE(ledger.take(GrantBucket::mail, kStart));
    for (const GrantEffect& effect : outcome_of(contact(kOneCredit), engaged).grants)
        apply(effect, ledger, kStart, kStart);
    EXPECT_EQ(ledger.available(GrantBucket::mail, kStart), Credit::whole(6));
    EXPECT_EQ(ledger.earned(kStart), kOneCredit);
    for (const GrantEffect& effect : outcome_of(contact(kOneCredit), unwanted).grants)
        apply(effect, ledger, kStart, kStart);
    EXPECT_EQ(ledger.available(GrantBucket::introductions, kStart), Credit::tenths(24));
    EXPECT_EQ(ledger.available(GrantBucket::vouches, kStart), Credit::tenths(25));
    for (const GrantEffect& effect : outcome_of(contact(kOneCredit), looks_hacked).grants)
        apply(effect, ledger, kStart, kStart);
    EXPECT_EQ(ledger.standing(kStart), GrantStanding::suspended);

    DomainCredit credit = DomainCredit::fresh(0, kStart);
    apply(DomainEffect{"one.test", DomainEffect::Act::unwanted}, credit, 0, kStart);
    EXPECT_EQ(credit.available(0, kStart), Credit());
    apply(DomainEffect{"one.test"}, credit, 0, kStart);
    EXPECT_EQ(credit.available(0, kStart), Credit::tenths(5));
}

TEST(Outcomes, of_what_a_disowned_device_signed_are_nobodys) {
    Evidence evidence = stranger();
    evidence.key.standing = KeyStanding::revoked;
    evidence.stamp = StampEvidence{StampEvidence::State::good, 1};
    for (const MessageOutcome outcome : {engaged, unwanted, looks_hacked}) {
        const Settlement settled = outcome_of(evidence, outcome);
        EXPECT_FALSE(settled.domain);
        EXPECT_FALSE(settled.introducer);
        EXPECT_THAT(settled.grants, IsEmpty());
    }
}

TEST(Outcomes, are_undone_where_it_was_a_thief) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kStart);
    const auto effects = outcome_of(contact(kOneCredit), engaged).grants;
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(ledger.take(GrantBucket::mail, kStart));
        for (const GrantEffect& effect : effects)
            apply(effect, ledger, kStart, kStart);
    }
    for (const GrantEffect& effect : effects)
        undo(effect, ledger, kStart, kStart);
    EXPECT_EQ(ledger.available(GrantBucket::mail, kStart), Credit::whole(5));
    EXPECT_EQ(ledger.earned(kStart), kOneCredit);

    DomainCredit credit = DomainCredit::fresh(0, kStart);
    const DomainEffect good{.domain = "one.test"};
    for (int i = 0; i < 8; ++i)
        apply(good, credit, 0, kStart);
    undo(good, credit);
    EXPECT_EQ(credit.available(0, kStart), Credit::tenths(35));
    for (int i = 0; i < 20; ++i)
        undo(good, credit);
    EXPECT_EQ(credit, DomainCredit::fresh(0, kStart)) << "the start is nobody's doing";
}

}  // namespace
}  // namespace kith
