#include <gtest/gtest.h>

#include "trust/decision.h"

namespace kith {
namespace {

using Proof = SmtpEvidence::Proof;
using Choice = SmtpEvidence::Strangers;

Evidence by_smtp(Proof proof) {
    Evidence evidence;
    evidence.sender = *Address::parse("olga@old.test");
    evidence.root = smtp_root(evidence.sender);
    evidence.smtp = SmtpEvidence{.proof = proof, .shown = "dkim=pass (old.test)"};
    return evidence;
}

Evidence from_contact(Proof proof, GrantLevel level) {
    Evidence evidence = by_smtp(proof);
    evidence.grant = GrantEvidence{level, false, evidence.sender};
    return evidence;
}

TEST(SmtpDecision, root_of_an_address_is_its_own_and_no_key) {
    const Address olga = *Address::parse("olga@old.test");
    EXPECT_EQ(smtp_root(olga), sha256("kith/1 smtp\nolga@old.test"));
    EXPECT_NE(smtp_root(olga), smtp_root(*Address::parse("oleg@old.test")));
}

TEST(SmtpDecision, stranger_is_held_without_a_price_and_shown_without_active_content) {
    for (const Proof proof : {Proof::proven, Proof::unproven, Proof::doubted}) {
        const Decision decision = decide(by_smtp(proof));
        EXPECT_EQ(decision.outcome, Outcome::hold) << decision.text;
        EXPECT_EQ(decision.tier, Tier::unknown);
        EXPECT_EQ(decision.folder, Folder::requests);
        EXPECT_TRUE(decision.flags.active_content_off);
        EXPECT_TRUE(decision.has(ReasonCode::smtp_stranger));
    }
}

TEST(SmtpDecision, proven_contact_is_known_and_never_well_trusted) {
    for (const GrantLevel level : {GrantLevel::known, GrantLevel::well_trusted}) {
        const Decision decision = decide(from_contact(Proof::proven, level));
        EXPECT_EQ(decision.outcome, Outcome::deliver);
        EXPECT_EQ(decision.tier, Tier::known);
        EXPECT_EQ(decision.folder, Folder::inbox);
        EXPECT_FALSE(decision.flags.active_content_off);
        EXPECT_TRUE(decision.has(ReasonCode::smtp_proven));
    }
}

TEST(SmtpDecision, address_of_a_contact_alone_opens_nothing) {
    for (const Proof proof : {Proof::unproven, Proof::doubted}) {
        const Decision decision = decide(from_contact(proof, GrantLevel::well_trusted));
        EXPECT_EQ(decision.outcome, Outcome::hold);
        EXPECT_EQ(decision.tier, Tier::unknown);
        EXPECT_FALSE(decision.has(ReasonCode::contact));
    }
}

TEST(SmtpDecision, mail_that_its_domain_disowns_is_refused_whoever_it_claims_to_be_from) {
    const Decision refuted = decide(from_contact(Proof::refuted, GrantLevel::well_trusted));
    EXPECT_EQ(refuted.outcome, Outcome::refuse);
    EXPECT_EQ(refuted.refusal, Refusal::smtp_disowned);
    const Decision enforced = decide(from_contact(Proof::enforced, GrantLevel::known));
    EXPECT_EQ(enforced.outcome, Outcome::refuse);
    EXPECT_TRUE(enforced.has(ReasonCode::smtp_enforced));
}

TEST(SmtpDecision, correspondent_who_has_used_kith_is_marked_as_a_step_down) {
    Evidence evidence = from_contact(Proof::proven, GrantLevel::well_trusted);
    evidence.smtp->usual = SmtpEvidence::Usual::kith;
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.tier, Tier::known);
    EXPECT_TRUE(decision.has(ReasonCode::smtp_step_down));
    EXPECT_TRUE(decision.flags.active_content_off);
}

TEST(SmtpDecision, token_delivers_a_proven_sender_and_holds_an_unproven_one) {
    Evidence evidence = by_smtp(Proof::proven);
    evidence.token =
        TokenEvidence{TokenKind::newsletter, TokenEvidence::State::good, "00ff", "shop"};
    EXPECT_EQ(decide(evidence).outcome, Outcome::deliver);
    EXPECT_EQ(decide(evidence).tier, Tier::known);
    evidence.smtp->proof = Proof::unproven;
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
    evidence.token->state = TokenEvidence::State::revoked;
    EXPECT_EQ(decide(evidence).refusal, Refusal::token_revoked);
}

TEST(SmtpDecision, strangers_fare_as_the_account_has_chosen) {
    Evidence evidence = by_smtp(Proof::proven);
    evidence.smtp->strangers = Choice::challenged;
    EXPECT_EQ(decide(evidence).refusal, Refusal::smtp_challenge);
    evidence.smtp->strangers = Choice::failed_filter;
    EXPECT_EQ(decide(evidence).outcome, Outcome::refuse);
    evidence.smtp->strangers = Choice::refused;
    EXPECT_TRUE(decide(evidence).has(ReasonCode::strangers_not_heard));
    evidence.smtp->strangers = Choice::passed_filter;
    const Decision passed = decide(evidence);
    EXPECT_EQ(passed.outcome, Outcome::deliver);
    EXPECT_EQ(passed.folder, Folder::inbox);
    EXPECT_EQ(passed.tier, Tier::unknown);
    EXPECT_TRUE(passed.flags.active_content_off);
}

TEST(SmtpDecision, somebody_blocked_is_answered_like_a_stranger) {
    for (const Choice strangers : {Choice::held, Choice::challenged}) {
        Evidence evidence = from_contact(Proof::proven, GrantLevel::blocked);
        evidence.smtp->strangers = strangers;
        const Decision blocked = decide(evidence);
        evidence.grant.reset();
        const Decision stranger = decide(evidence);
        EXPECT_EQ(blocked.outcome, Outcome::drop);
        EXPECT_EQ(blocked.told, stranger.told);
        EXPECT_EQ(blocked.refusal, stranger.refusal);
    }
}

TEST(SmtpDecision, contact_over_the_meter_stays_in_the_inbox_and_is_quiet) {
    Evidence evidence = from_contact(Proof::proven, GrantLevel::known);
    evidence.grant->mail = Credit();
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.folder, Folder::inbox);
    EXPECT_TRUE(decision.flags.batched);
}

TEST(SmtpDecision, reasons_survive_being_written_and_read) {
    Evidence evidence = from_contact(Proof::proven, GrantLevel::known);
    evidence.smtp->usual = SmtpEvidence::Usual::kith;
    const Decision decision = decide(evidence);
    const auto again = parse_decision(write_decision(decision));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, decision);
}

}  // namespace
}  // namespace kith
