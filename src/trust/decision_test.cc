#include "trust/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith {
namespace {

using ::testing::HasSubstr;
using TokenState = TokenEvidence::State;
using StampState = StampEvidence::State;

constexpr std::uint64_t kPrice = 1000;

/// A stranger with a good key and nothing else.
Evidence stranger() {
    Evidence evidence;
    evidence.sender = *Address::parse("alice@one.test");
    evidence.root = sha256("alice");
    evidence.key = {KeyStanding::active, "laptop", std::nullopt, std::nullopt};
    evidence.price = kPrice;
    return evidence;
}

Evidence contact(GrantLevel level) {
    Evidence evidence = stranger();
    evidence.grant = GrantEvidence{level, false, evidence.sender};
    return evidence;
}

Evidence with_token(TokenKind kind, TokenState state) {
    Evidence evidence = stranger();
    evidence.token = TokenEvidence{kind, state, "00ff", "my list"};
    return evidence;
}

Evidence with_stamp(StampState state, std::uint64_t effort) {
    Evidence evidence = stranger();
    evidence.stamp = StampEvidence{state, effort};
    return evidence;
}

constexpr KeyStanding kBadStandings[] = {KeyStanding::revoked,
                                         KeyStanding::frozen,
                                         KeyStanding::expired,
                                         KeyStanding::unknown,
                                         KeyStanding::disputed};

TEST(Decision, stranger_with_nothing_is_asked_the_price) {
    const Decision decision = decide(stranger());
    EXPECT_EQ(decision.outcome, Outcome::price);
    EXPECT_EQ(decision.told, Outcome::price);
    EXPECT_EQ(decision.tier, Tier::unknown);
    EXPECT_EQ(decision.folder, Folder::none);
    EXPECT_TRUE(decision.has(ReasonCode::stranger));
}

TEST(Decision, contact_is_delivered_in_its_tier) {
    const Decision known = decide(contact(GrantLevel::known));
    EXPECT_EQ(known.outcome, Outcome::deliver);
    EXPECT_EQ(known.tier, Tier::known);
    EXPECT_EQ(known.folder, Folder::inbox);
    EXPECT_FALSE(known.flags.active_content_off);
    EXPECT_EQ(decide(contact(GrantLevel::well_trusted)).tier, Tier::well_trusted);
}

TEST(Decision, verified_contact_says_so) {
    Evidence evidence = stranger();
    evidence.grant = GrantEvidence{GrantLevel::known, true, evidence.sender};
    EXPECT_TRUE(decide(evidence).has(ReasonCode::contact_verified));
}

TEST(Decision, new_device_of_a_contact_has_active_content_off) {
    Evidence evidence = contact(GrantLevel::well_trusted);
    evidence.key.standing = KeyStanding::pending;
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.tier, Tier::well_trusted);
    EXPECT_TRUE(decision.flags.active_content_off);
    EXPECT_TRUE(decision.has(ReasonCode::new_device));
}

TEST(Decision, contact_whose_key_is_in_trouble_is_held_as_unknown) {
    for (const KeyStanding standing : kBadStandings) {
        Evidence evidence = contact(GrantLevel::well_trusted);
        evidence.key.standing = standing;
        const Decision decision = decide(evidence);
        EXPECT_EQ(decision.outcome, Outcome::hold) << name_of(standing);
        EXPECT_EQ(decision.tier, Tier::unknown);
        EXPECT_EQ(decision.folder, Folder::requests);
        EXPECT_TRUE(decision.flags.active_content_off);
    }
    Evidence unproven = contact(GrantLevel::known);
    unproven.chain = Evidence::Chain::unproven;
    EXPECT_EQ(decide(unproven).outcome, Outcome::hold);
    EXPECT_TRUE(decide(unproven).has(ReasonCode::key_unproven));
}

TEST(Decision, freezing_the_own_account_is_no_way_past_the_price) {
    for (const KeyStanding standing : kBadStandings) {
        Evidence evidence = stranger();
        evidence.key.standing = standing;
        EXPECT_EQ(decide(evidence).outcome, Outcome::price) << name_of(standing);
        evidence.stamp = StampEvidence{StampState::good, kPrice};
        EXPECT_EQ(decide(evidence).outcome, Outcome::hold) << name_of(standing);
    }
}

TEST(Decision, token_from_a_key_in_trouble_is_held) {
    for (const TokenKind kind : {TokenKind::reply, TokenKind::invite, TokenKind::newsletter}) {
        Evidence evidence = with_token(kind, TokenState::good);
        evidence.key.standing = KeyStanding::frozen;
        EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
    }
}

TEST(Decision, blocked_is_dropped_and_told_what_a_stranger_is_told) {
    Evidence evidence = contact(GrantLevel::blocked);
    EXPECT_EQ(decide(evidence).outcome, Outcome::drop);
    EXPECT_EQ(decide(evidence).told, decide(stranger()).told);
    EXPECT_EQ(decide(evidence).folder, Folder::none);
    evidence.stamp = StampEvidence{StampState::good, kPrice};
    EXPECT_EQ(decide(evidence).outcome, Outcome::drop);
    EXPECT_EQ(decide(evidence).told, Outcome::hold);
    evidence.token = TokenEvidence{TokenKind::reply, TokenState::good, "00", ""};
    EXPECT_EQ(decide(evidence).outcome, Outcome::drop);
    EXPECT_EQ(decide(evidence).told, Outcome::deliver);
    evidence.token->state = TokenState::revoked;
    EXPECT_EQ(decide(evidence).told, Outcome::refuse);
    EXPECT_EQ(decide(evidence).refusal, Refusal::token_revoked);
}

TEST(Decision, blocked_stays_blocked_whatever_the_key_is) {
    for (const KeyStanding standing : kBadStandings) {
        Evidence evidence = contact(GrantLevel::blocked);
        evidence.key.standing = standing;
        EXPECT_EQ(decide(evidence).outcome, Outcome::drop) << name_of(standing);
    }
}

TEST(Decision, another_root_at_a_known_address_is_held_with_a_warning) {
    Evidence evidence = stranger();
    evidence.other_root = OtherRootEvidence{sha256("the real alice"), GrantLevel::well_trusted};
    evidence.token = TokenEvidence{TokenKind::reply, TokenState::good, "00", ""};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_EQ(decision.tier, Tier::unknown);
    EXPECT_TRUE(decision.flags.root_changed);
    EXPECT_TRUE(decision.has(ReasonCode::root_changed));
}

TEST(Decision, own_grant_counts_more_than_another_root) {
    Evidence evidence = contact(GrantLevel::known);
    evidence.other_root = OtherRootEvidence{sha256("old"), GrantLevel::known};
    EXPECT_EQ(decide(evidence).outcome, Outcome::deliver);
}

TEST(Decision, good_tokens_make_known_but_a_card_token_only_waives_the_price) {
    for (const TokenKind kind : {TokenKind::reply, TokenKind::invite, TokenKind::newsletter}) {
        const Decision decision = decide(with_token(kind, TokenState::good));
        EXPECT_EQ(decision.outcome, Outcome::deliver) << name_of(kind);
        EXPECT_EQ(decision.tier, Tier::known);
    }
    const Decision card = decide(with_token(TokenKind::card, TokenState::good));
    EXPECT_EQ(card.outcome, Outcome::hold);
    EXPECT_EQ(card.tier, Tier::unknown);
    EXPECT_TRUE(card.has(ReasonCode::card_token));
}

TEST(Decision, void_tokens_are_refused_by_their_names) {
    const auto refusal = [](TokenKind kind, TokenState state) {
        const Decision decision = decide(with_token(kind, state));
        EXPECT_EQ(decision.outcome, Outcome::refuse);
        return decision.refusal;
    };
    EXPECT_EQ(refusal(TokenKind::invite, TokenState::revoked), Refusal::token_revoked);
    EXPECT_EQ(refusal(TokenKind::newsletter, TokenState::revoked), Refusal::token_revoked);
    EXPECT_EQ(refusal(TokenKind::invite, TokenState::spent), Refusal::token_spent);
    EXPECT_EQ(refusal(TokenKind::newsletter, TokenState::foreign), Refusal::token_foreign);
    EXPECT_EQ(refusal(TokenKind::reply, TokenState::foreign), Refusal::token_foreign);
}

TEST(Decision, late_and_busy_tokens_count_as_none) {
    EXPECT_EQ(decide(with_token(TokenKind::reply, TokenState::spent)).outcome, Outcome::price);
    EXPECT_EQ(decide(with_token(TokenKind::reply, TokenState::expired)).outcome, Outcome::price);
    EXPECT_EQ(decide(with_token(TokenKind::newsletter, TokenState::busy)).outcome, Outcome::price);
    Evidence evidence = with_token(TokenKind::card, TokenState::busy);
    evidence.stamp = StampEvidence{StampState::good, kPrice};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_TRUE(decision.has(ReasonCode::token_busy));
    EXPECT_TRUE(decision.has(ReasonCode::stamp));
}

TEST(Decision, contact_needs_no_token_and_a_void_one_does_no_harm) {
    Evidence evidence = contact(GrantLevel::known);
    evidence.token = TokenEvidence{TokenKind::invite, TokenState::revoked, "00", ""};
    EXPECT_EQ(decide(evidence).outcome, Outcome::deliver);
}

Evidence list() {
    Evidence evidence = contact(GrantLevel::known);
    evidence.grant->state = GrantEvidence::State::list;
    evidence.grant->mail = Credit::whole(6);
    return evidence;
}

TEST(Decision, list_comes_by_its_token_alone_and_pays_with_that) {
    Evidence evidence = list();
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.token = TokenEvidence{TokenKind::newsletter, TokenState::good, "00ff", "list"};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::deliver);
    EXPECT_EQ(decision.tier, Tier::known);
    EXPECT_FALSE(decision.flags.batched || decision.flags.active_content_off);
    EXPECT_TRUE(decision.has(ReasonCode::contact_list) &&
                decision.has(ReasonCode::newsletter_token));
    EXPECT_EQ(decision.debits, (std::vector<Debit>{{Debit::Meter::token, "00ff"}}));
    evidence.token->state = TokenState::revoked;
    EXPECT_EQ(decide(evidence).refusal, Refusal::token_revoked);
    evidence.token->state = TokenState::busy;
    EXPECT_EQ(decide(evidence).outcome, Outcome::price);
    evidence.grant->level = GrantLevel::well_trusted;
    evidence.token->state = TokenState::good;
    EXPECT_EQ(decide(evidence).tier, Tier::known) << "its authors are others";
}

TEST(Decision, list_whose_key_is_in_trouble_is_held_whatever_it_brings) {
    Evidence evidence = list();
    evidence.token = TokenEvidence{TokenKind::newsletter, TokenState::good, "00ff", "list"};
    evidence.key.standing = KeyStanding::revoked;
    EXPECT_EQ(decide(evidence).outcome, Outcome::hold);
}

TEST(Decision, stamp_of_the_price_is_held_and_a_smaller_one_is_not) {
    EXPECT_EQ(decide(with_stamp(StampState::good, kPrice)).outcome, Outcome::hold);
    EXPECT_EQ(decide(with_stamp(StampState::good, kPrice - 1)).outcome, Outcome::price);
    EXPECT_EQ(decide(with_stamp(StampState::low, kPrice)).outcome, Outcome::price);
    EXPECT_EQ(decide(with_stamp(StampState::stale, kPrice)).outcome, Outcome::price);
    const Decision wrong = decide(with_stamp(StampState::wrong, kPrice));
    EXPECT_EQ(wrong.outcome, Outcome::price);
    EXPECT_TRUE(wrong.has(ReasonCode::stamp_wrong));
}

TEST(Decision, waived_price_needs_no_stamp) {
    Evidence evidence = stranger();
    evidence.waived = WaivedPrice{"you knew them once"};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_THAT(decision.text, HasSubstr("you knew them once"));
}

TEST(Decision, who_hears_no_strangers_refuses_them_stamp_or_not) {
    Evidence evidence = with_stamp(StampState::good, kPrice);
    evidence.stamps = Evidence::Stamps::not_accepted;
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.outcome, Outcome::refuse);
    EXPECT_EQ(decision.refusal, Refusal::refused);
}

TEST(Decision, text_is_one_sentence_of_all_reasons) {
    Evidence evidence = with_token(TokenKind::newsletter, TokenState::busy);
    EXPECT_EQ(decide(evidence).text,
              "Not taken; a stamp is asked: the newsletter token \"my list\" is used up for today; "
              "a stranger, without anything that speaks for them.");
}

// Every combination that the types allow, for what must hold of all.
std::vector<Evidence> all_evidence() {
    std::vector<Evidence> all;
    for (int key = 0; key <= static_cast<int>(KeyStanding::disputed); ++key)
        for (int grant = -1; grant <= 2; ++grant)
            for (int token = -1; token <= static_cast<int>(TokenState::foreign); ++token)
                for (int kind = 0; kind <= static_cast<int>(TokenKind::reply); ++kind)
                    for (int stamp = -1; stamp <= static_cast<int>(StampState::wrong); ++stamp)
                        for (int more = 0; more < 8; ++more) {
                            Evidence one = stranger();
                            one.key.standing = static_cast<KeyStanding>(key);
                            if (grant >= 0)
                                one.grant = GrantEvidence{
                                    static_cast<GrantLevel>(grant), false, one.sender};
                            if (token >= 0)
                                one.token = TokenEvidence{static_cast<TokenKind>(kind),
                                                          static_cast<TokenState>(token),
                                                          "00",
                                                          ""};
                            if (stamp >= 0)
                                one.stamp = StampEvidence{static_cast<StampState>(stamp), kPrice};
                            if ((more & 1) != 0)
                                one.other_root = OtherRootEvidence{sha256("x"), GrantLevel::known};
                            if ((more & 2) != 0)
                                one.stamps = Evidence::Stamps::not_accepted;
                            if ((more & 4) != 0)
                                one.chain = Evidence::Chain::unproven;
                            all.push_back(one);
                        }
    return all;
}

TEST(Decision, holds_its_invariants_for_all_evidence) {
    for (const Evidence& evidence : all_evidence()) {
        const Decision decision = decide(evidence);
        const bool proven = evidence.key.good() && evidence.chain == Evidence::Chain::proven;
        const bool blocked = evidence.grant && evidence.grant->level == GrantLevel::blocked;
        ASSERT_FALSE(decision.reasons.empty());
        ASSERT_TRUE(decision.text.ends_with('.'));
        ASSERT_EQ(blocked, decision.outcome == Outcome::drop);
        ASSERT_EQ(decision.outcome == Outcome::deliver, decision.tier != Tier::unknown);
        ASSERT_EQ(decision.folder == Folder::inbox, decision.outcome == Outcome::deliver);
        ASSERT_EQ(decision.folder == Folder::requests, decision.outcome == Outcome::hold);
        ASSERT_EQ(decision.refusal.has_value(), decision.told == Outcome::refuse);
        if (decision.outcome == Outcome::deliver)
            ASSERT_TRUE(proven);
        if (decision.tier == Tier::well_trusted)
            ASSERT_TRUE(evidence.grant && evidence.grant->level == GrantLevel::well_trusted);
        if (!blocked)
            ASSERT_EQ(decision.told, decision.outcome);
        const auto again = parse_decision(write_decision(decision));
        ASSERT_TRUE(again) << again.error().text();
        ASSERT_EQ(*again, decision);
    }
}

TEST(DecisionText, json_has_the_members_of_the_client_api) {
    EXPECT_EQ(write_decision(decide(with_stamp(StampState::good, kPrice))),
              R"({"outcome":"hold","told":"hold","tier":"unknown","folder":"requests",)"
              R"("flags":["active-content-off"],"reasons":[{"code":"stamp",)"
              R"("text":"a stranger, with a stamp","effort":"1000","price":"1000"}],)"
              R"("text":"Held in Requests: a stranger, with a stamp."})");
}

TEST(DecisionText, refusals_name_the_member) {
    const auto where = [](std::string_view text) {
        auto read = parse_decision(text);
        EXPECT_FALSE(read) << text;
        return read ? "" : read.error().where;
    };
    EXPECT_EQ(where("{"), "decision");
    EXPECT_EQ(where("[]"), "decision");
    EXPECT_EQ(where("{}"), "decision: outcome");
    EXPECT_EQ(where(R"({"outcome":"eat"})"), "decision: outcome");
    const std::string good = write_decision(decide(stranger()));
    const auto without = [&good](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    EXPECT_EQ(where(without(R"("tier":"unknown")", R"("tier":1)")), "decision: tier");
    EXPECT_EQ(where(without(R"("flags":[])", R"("flags":{})")), "decision: flags");
    EXPECT_EQ(where(without(R"("code":"stranger")", R"("code":"strange")")), "decision: code");
    EXPECT_EQ(where(std::string(70'000, ' ')), "decision");
}

TEST(DecisionText, names_parse_back) {
    for (const Tier tier : {Tier::unknown, Tier::known, Tier::well_trusted})
        EXPECT_EQ(*parse_tier(name_of(tier)), tier);
    for (const GrantLevel level :
         {GrantLevel::blocked, GrantLevel::known, GrantLevel::well_trusted})
        EXPECT_EQ(*parse_grant_level(name_of(level)), level);
    EXPECT_FALSE(parse_tier("friend"));
    EXPECT_FALSE(parse_grant_level("unknown"));
}

}  // namespace
}  // namespace kith
