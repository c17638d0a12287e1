// Decisions by ledgers: over the meter, dormant, suspended, introduced, vouched for, in credit; and
// what each of them debits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "trust/evidence.h"

namespace kith {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = GrantEvidence::State;
using enum Debit::Meter;

constexpr Time kStart = Time(Seconds(1'790'000'000));
constexpr std::uint64_t kPrice = 1000;
constexpr Credit kTooLittle = Credit::of_units(Credit::kUnits - 1);

const Address kAlice = *Address::parse("alice@one.test");
const Address kCarol = *Address::parse("carol@three.test");
const Hash kAliceRoot = sha256("alice");
const Hash kCarolRoot = sha256("carol");
const Introducer kByCarol = {kCarolRoot, kCarol, "00ff"};

Evidence stranger() {
    Evidence evidence;
    evidence.sender = kAlice;
    evidence.root = kAliceRoot;
    evidence.key = {KeyStanding::active, "laptop", std::nullopt, std::nullopt};
    evidence.price = kPrice;
    return evidence;
}

Evidence contact(GrantLevel level, Credit mail, State state = State::firm) {
    Evidence evidence = stranger();
    evidence.grant = GrantEvidence{level, false, kAlice, state, mail, kByCarol};
    return evidence;
}

Evidence with_word(WordEvidence::Kind kind, Credit introductions) {
    Evidence evidence = stranger();
    evidence.word = WordEvidence{kind, kByCarol, introductions};
    return evidence;
}

Evidence vouched_for() {
    return with_word(WordEvidence::Kind::vouch, kOneCredit);
}

Debit mail_of(const Hash& root) {
    return {mail, root.text()};
}

TEST(MeteredDecision, mail_within_the_meter_is_debited) {
    const Decision decision = decide(contact(GrantLevel::known, kOneCredit));
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.flags, DecisionFlags{});
    EXPECT_THAT(decision.debits, ElementsAre(mail_of(kAliceRoot)));
}

TEST(MeteredDecision, over_the_meter_it_keeps_its_folder_and_makes_no_noise) {
    for (const GrantLevel level : {GrantLevel::known, GrantLevel::well_trusted}) {
        const Decision decision = decide(contact(level, kTooLittle));
        EXPECT_EQ(decision.outcome, Outcome::deliver) << "never lost";
        EXPECT_EQ(decision.told, Outcome::deliver);
        EXPECT_EQ(decision.folder, Folder::inbox);
        EXPECT_EQ(decision.tier, decide(contact(level, kOneCredit)).tier) << "never demoted";
        EXPECT_TRUE(decision.flags.batched);
        EXPECT_TRUE(decision.flags.active_content_off);
        EXPECT_TRUE(decision.has(ReasonCode::many_unanswered));
        EXPECT_THAT(decision.debits, IsEmpty());
    }
    EXPECT_EQ(decide(contact(GrantLevel::known, kTooLittle)).text,
              "Delivered: alice@one.test is your contact (known); more of their mail is unanswered "
              "than you hear at once.");
}

TEST(MeteredDecision, ones_own_mail_is_not_metered) {
    Evidence evidence = stranger();
    evidence.grant = GrantEvidence{.level = GrantLevel::well_trusted, .address = kAlice};
    EXPECT_FALSE(decide(evidence).flags.batched);
    EXPECT_THAT(decide(evidence).debits, IsEmpty());
}

TEST(MeteredDecision, key_in_trouble_is_held_within_the_meter_and_pays_over_it) {
    Evidence evidence = contact(GrantLevel::well_trusted, kOneCredit);
    evidence.key.standing = KeyStanding::frozen;
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
    EXPECT_THAT(decide(evidence).debits, ElementsAre(mail_of(kAliceRoot)));
    evidence.grant->mail = kTooLittle;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.stamp = StampEvidence{StampEvidence::State::good, kPrice};
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
}

TEST(MeteredDecision, another_root_is_held_on_the_meter_of_the_pinned_one) {
    Evidence evidence = stranger();
    evidence.other_root = OtherRootEvidence{kCarolRoot, GrantLevel::known, kOneCredit};
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
    EXPECT_THAT(decide(evidence).debits, ElementsAre(mail_of(kCarolRoot)));
    evidence.other_root->mail = kTooLittle;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price)
        << "new roots do not fill Requests for free";
    EXPECT_TRUE(decide(evidence).flags.root_changed);
}

TEST(MeteredDecision, who_looks_hacked_is_held_and_no_word_lifts_that) {
    Evidence evidence = contact(GrantLevel::well_trusted, kOneCredit, State::suspended);
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_TRUE(decision.has(ReasonCode::contact_suspended));
    EXPECT_THAT(decision.debits, ElementsAre(mail_of(kAliceRoot)));
    evidence.grant->mail = kTooLittle;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.word = vouched_for().word;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.token = TokenEvidence{TokenKind::reply, TokenEvidence::State::good, "00", ""};
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
}

TEST(MeteredDecision, dormant_contact_is_a_stranger_whose_price_is_nothing) {
    Evidence evidence = contact(GrantLevel::known, kOneCredit, State::dormant);
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_EQ(decision.tier, Tier::unknown);
    EXPECT_TRUE(decision.has(ReasonCode::contact_dormant));
    EXPECT_THAT(decision.debits, ElementsAre(mail_of(kAliceRoot)));
    evidence.grant->mail = kTooLittle;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price) << "but not for any number of messages";
    evidence.grant->mail = kOneCredit;
    evidence.word = vouched_for().word;
    EXPECT_EQ(decide(evidence).tier, Tier::known) << "somebody's word is better";
}

TEST(MeteredDecision, introduced_contact_is_known_and_runs_nothing_until_answered) {
    Evidence evidence = contact(GrantLevel::well_trusted, kOneCredit, State::introduced);
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.tier, Tier::known);
    EXPECT_TRUE(decision.flags.active_content_off);
    EXPECT_THAT(decision.text, HasSubstr("carol@three.test introduced alice@one.test to you"));
}

TEST(WordDecision, vouch_makes_known_with_active_content_off) {
    const Decision decision = decide(vouched_for());
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.tier, Tier::known);
    EXPECT_TRUE(decision.flags.active_content_off);
    EXPECT_TRUE(decision.has(ReasonCode::vouched));
    EXPECT_THAT(decision.debits, ElementsAre(Debit{introductions, kCarolRoot.text()}));
    EXPECT_EQ(decision.text, "Delivered: introduced by carol@three.test, whom you know.");
}

TEST(WordDecision, sender_is_told_the_same_with_a_vouch_and_without) {
    for (const bool stamped : {false, true})
        for (const auto stamps : {Evidence::Stamps::accepted, Evidence::Stamps::not_accepted}) {
            Evidence evidence = vouched_for();
            evidence.stamps = stamps;
            if (stamped)
                evidence.stamp = StampEvidence{StampEvidence::State::good, kPrice};
            Evidence without = evidence;
            without.word.reset();
            EXPECT_EQ(decide(evidence).outcome, Outcome::deliver);
            EXPECT_EQ(decide(evidence).told, decide(without).told);
            EXPECT_EQ(decide(evidence).refusal, decide(without).refusal);
        }
}

TEST(WordDecision, introduction_is_no_secret) {
    const Decision decision = decide(with_word(WordEvidence::Kind::introduction, kOneCredit));
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.told, Outcome::deliver);
    EXPECT_TRUE(decision.has(ReasonCode::introduced));
    EXPECT_TRUE(decision.flags.active_content_off);
}

TEST(WordDecision, word_that_is_spent_or_not_heard_or_for_a_bad_key_does_nothing) {
    for (const WordEvidence::Kind kind :
         {WordEvidence::Kind::vouch, WordEvidence::Kind::introduction}) {
        EXPECT_EQ(decide(with_word(kind, kTooLittle)).outcome, Outcome::price);
        EXPECT_TRUE(decide(with_word(kind, kTooLittle)).has(ReasonCode::introducer_spent));
        Evidence evidence = with_word(kind, kOneCredit);
        evidence.words = Evidence::Words::not_accepted;
        EXPECT_EQ(decide(evidence).outcome, Outcome::price);
        evidence = with_word(kind, kOneCredit);
        evidence.key.standing = KeyStanding::revoked;
        EXPECT_EQ(decide(evidence).outcome, Outcome::price);
        EXPECT_THAT(decide(evidence).debits, IsEmpty());
    }
}

TEST(WordDecision, introducers_server_is_asked_only_where_its_word_would_decide) {
    const WordEvidence word = *vouched_for().word;
    EXPECT_TRUE(would_decide(word, stranger()));
    EXPECT_FALSE(would_decide(word, contact(GrantLevel::known, kOneCredit)));
    EXPECT_FALSE(would_decide(word, contact(GrantLevel::blocked, kOneCredit)));
    Evidence evidence = stranger();
    evidence.token = TokenEvidence{TokenKind::reply, TokenEvidence::State::good, "00", ""};
    EXPECT_FALSE(would_decide(word, evidence));
    evidence.token->kind = TokenKind::card;
    EXPECT_TRUE(would_decide(word, evidence)) << "known is more than Requests";
    WordEvidence spent = word;
    spent.introductions = kTooLittle;
    EXPECT_FALSE(would_decide(spent, stranger()));
}

TEST(DomainDecision, credit_waives_the_price) {
    Evidence evidence = stranger();
    evidence.domain = DomainEvidence{kOneCredit};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_TRUE(decision.has(ReasonCode::domain_credit));
    EXPECT_THAT(decision.debits, ElementsAre(Debit{domain, "one.test"}));
    evidence.domain->credit = kTooLittle;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.domain->credit = kOneCredit;
    evidence.stamps = Evidence::Stamps::not_accepted;
    EXPECT_EQ(decide(evidence).outcome, Outcome::refuse) << "who hears no strangers hears none";
}

TEST(BlockedDecision, tells_and_costs_what_the_same_evidence_of_a_stranger_does) {
    for (Evidence evidence : {vouched_for(), stranger()}) {
        evidence.domain = DomainEvidence{kOneCredit};
        const Decision open = decide(evidence);
        evidence.grant = GrantEvidence{GrantLevel::blocked, false, kAlice};
        const Decision blocked = decide(evidence);
        EXPECT_EQ(blocked.outcome, Outcome::drop);
        EXPECT_EQ(blocked.told, open.told);
        EXPECT_EQ(blocked.debits, open.debits);
    }
}

TEST(Booking, evidence_of_a_ledger_is_booked_in_it_until_it_is_over) {
    GrantLedger ledger = GrantLedger::granted(GrantLevel::known, kStart);
    Evidence evidence = stranger();
    int loud = 0;
    for (int i = 0; i < 20; ++i) {
        evidence.grant = evidence_of(ledger, kAlice, kStart);
        const Decision decision = decide(evidence);
        EXPECT_EQ(decision.tier, Tier::known);
        for (const Debit& debit : decision.debits)
            EXPECT_TRUE(book(debit.meter, ledger, kStart));
        loud += decision.flags.batched ? 0 : 1;
    }
    EXPECT_EQ(loud, 6);
}

TEST(Booking, evidence_says_what_has_become_of_a_grant) {
    const auto state = [](const GrantLedger& ledger, std::int64_t days) {
        return evidence_of(ledger, kAlice, kStart + std::chrono::days{days});
    };
    GrantLedger ledger = GrantLedger::granted(GrantLevel::well_trusted, kStart);
    EXPECT_EQ(state(ledger, 0).level, GrantLevel::well_trusted);
    EXPECT_EQ(state(ledger, 0).mail, Credit::whole(16));
    EXPECT_EQ(state(ledger, 400).level, GrantLevel::known);
    EXPECT_EQ(state(ledger, 800).state, State::dormant);
    ledger.suspend(kStart);
    EXPECT_EQ(state(ledger, 0).state, State::suspended);
    ledger.set_level(GrantLevel::blocked, kStart);
    EXPECT_EQ(state(ledger, 0).level, GrantLevel::blocked);
    EXPECT_EQ(state(GrantLedger::introduced(kStart + kIntroductionLife, kStart), 0).state,
              State::introduced);
}

Credit any_credit(std::mt19937_64& draw) {
    return draw() % 2 == 0 ? Credit::whole(static_cast<std::int64_t>(draw() % 4)) : kTooLittle;
}

Evidence any_evidence(std::mt19937_64& draw) {
    Evidence evidence = stranger();
    const auto sometimes = [&draw] { return draw() % 3 == 0; };
    if (sometimes())
        evidence.key.standing = static_cast<KeyStanding>(draw() % 7);
    if (draw() % 8 == 0)
        evidence.chain = Evidence::Chain::unproven;
    if (sometimes())
        evidence.grant = GrantEvidence{static_cast<GrantLevel>(draw() % 3),
                                       sometimes(),
                                       kAlice,
                                       static_cast<State>(draw() % 4),
                                       any_credit(draw),
                                       kByCarol};
    else if (draw() % 6 == 0)
        evidence.other_root = OtherRootEvidence{kCarolRoot, GrantLevel::known, any_credit(draw)};
    if (sometimes())
        evidence.token = TokenEvidence{static_cast<TokenKind>(draw() % 4),
                                       static_cast<TokenEvidence::State>(draw() % 6),
                                       "00",
                                       ""};
    if (sometimes())
        evidence.stamp = StampEvidence{static_cast<StampEvidence::State>(draw() % 4), kPrice};
    if (sometimes())
        evidence.word =
            WordEvidence{static_cast<WordEvidence::Kind>(draw() % 2), kByCarol, any_credit(draw)};
    if (sometimes())
        evidence.domain = DomainEvidence{any_credit(draw)};
    if (sometimes())
        evidence.stamps = Evidence::Stamps::not_accepted;
    if (draw() % 8 == 0)
        evidence.words = Evidence::Words::not_accepted;
    return evidence;
}

// Is there as much as this debit says, in the evidence?
bool is_covered(const Debit& debit, const Evidence& evidence) {
    switch (debit.meter) {
        case mail:
            return (evidence.grant && evidence.grant->mail->covers_one() &&
                    debit.of == evidence.root.text()) ||
                   (evidence.other_root && evidence.other_root->mail->covers_one() &&
                    debit.of == evidence.other_root->pinned.text());
        case introductions:
            return evidence.word && evidence.word->introductions.covers_one() &&
                   debit.of == evidence.word->introducer.root.text();
        case domain:
            return evidence.domain && evidence.domain->credit.covers_one() &&
                   debit.of == evidence.sender.domain();
        case token:
            return evidence.token && evidence.token->state == TokenEvidence::State::good &&
                   debit.of == evidence.token->id;
    }
    return false;
}

void expect_paid_for(const Evidence& evidence, const Decision& decision) {
    ASSERT_LE(decision.debits.size(), 1U);
    for (const Debit& debit : decision.debits)
        ASSERT_TRUE(is_covered(debit, evidence)) << decision.text;
    // Above unknown: paid from a meter, or quiet.
    if (decision.outcome == Outcome::deliver && decision.debits.empty())
        ASSERT_TRUE(decision.flags.batched && decision.flags.active_content_off) << decision.text;
    if (decision.outcome == Outcome::price || decision.outcome == Outcome::refuse)
        ASSERT_THAT(decision.debits, IsEmpty());
}

TEST(DecisionProperty, all_that_gets_in_is_paid_for_and_nothing_else_is_debited) {
    std::mt19937_64 draw(7);
    for (int i = 0; i < 100'000; ++i) {
        const Evidence evidence = any_evidence(draw);
        const Decision decision = decide(evidence);
        expect_paid_for(evidence, decision);
        const bool good = evidence.key.good() && evidence.chain == Evidence::Chain::proven;
        if (decision.tier != Tier::unknown)
            ASSERT_TRUE(good && !evidence.other_root) << decision.text;
        if (decision.tier == Tier::well_trusted)
            ASSERT_TRUE(evidence.grant->level == GrantLevel::well_trusted &&
                        evidence.grant->state == State::firm);
        if (decision.told != decision.outcome)
            ASSERT_TRUE(decision.outcome == Outcome::drop || decision.has(ReasonCode::vouched));
        ASSERT_EQ(decision.refusal.has_value(), decision.told == Outcome::refuse);
        const auto again = parse_decision(write_decision(decision));
        ASSERT_TRUE(again) << again.error().text();
        ASSERT_EQ(*again, decision);
    }
}

TEST(DecisionText, debits_are_written_and_old_decisions_have_none) {
    const std::string text = write_decision(decide(contact(GrantLevel::known, kOneCredit)));
    EXPECT_THAT(text,
                HasSubstr(R"("debits":[{"meter":"mail","of":")" + kAliceRoot.text() + R"("}],)"));
    EXPECT_THAT(parse_decision(write_decision(decide(stranger())))->debits, IsEmpty());
    for (const auto& [from, to] : {std::pair(R"("meter":"mail")", R"("meter":"heart")"),
                                   std::pair(R"("of":)", R"("for":)"),
                                   std::pair(R"([{"meter")", R"(["x",{"meter")")}) {
        std::string bad = text;
        bad.replace(bad.find(from), std::string_view(from).size(), to);
        EXPECT_FALSE(parse_decision(bad)) << bad;
    }
}

}  // namespace
}  // namespace kith
