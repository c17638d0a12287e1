// The rulebook says what decide() and settle() say of the same evidence under other names.
#include "sim/rulebook.h"

#include <gtest/gtest.h>

#include "sim/draw.h"

namespace kith::sim {
namespace {

template <class T>
T any_of(Draw& draw, int values) {
    return static_cast<T>(draw.below(static_cast<std::uint64_t>(values)));
}

TEST(Rulebook, AgreesWithTheDecisionOnOtherNamesAndAmounts) {
    const Rulebook rules;
    Draw draw(5);
    for (int i = 0; i < 2000; ++i) {
        Shape shape;
        shape.grant = any_of<Shape::Grant>(draw, 3);
        shape.state = any_of<GrantEvidence::State>(draw, 4);
        shape.word = any_of<Shape::Word>(draw, 3);
        shape.mail_covers_one = draw.chance(0.5);
        shape.reply_token = draw.chance(0.5);
        Evidence evidence = evidence_of(shape);
        const std::string name = "p" + std::to_string(i);
        evidence.sender = *Address::parse(name + "@elsewhere.test");
        evidence.root = sha256(name);
        if (evidence.grant && evidence.grant->mail)
            evidence.grant->mail = Credit::of_units(
                static_cast<std::int64_t>(draw.below(Credit::kUnits)) +
                (shape.mail_covers_one ? Credit::kUnits * std::int64_t(1 + draw.below(9)) : 0));
        if (evidence.word)
            evidence.word->introductions =
                Credit::of_units(static_cast<std::int64_t>(draw.below(Credit::kUnits)) +
                                 (shape.word == Shape::Word::good ? Credit::kUnits : 0));
        const Decision decision = decide(evidence);
        const Ruling& ruling = rules.of(shape);
        ASSERT_EQ(ruling.outcome, decision.outcome) << decision.text;
        ASSERT_EQ(ruling.tier, decision.tier) << decision.text;
        ASSERT_EQ(ruling.flags, decision.flags) << decision.text;
        ASSERT_EQ(ruling.by_word, decision.has(ReasonCode::vouched)) << decision.text;
        for (const MessageOutcome outcome : {MessageOutcome::engaged, MessageOutcome::unwanted}) {
            const Settlement settled = settle(decision, evidence.root, evidence.sender, outcome);
            const Ruling::After& after = ruling.after_outcome(outcome);
            ASSERT_EQ(after.effects.size(), settled.grants.size());
            for (std::size_t k = 0; k < after.effects.size(); ++k) {
                ASSERT_EQ(after.effects[k].what.act, settled.grants[k].act);
                ASSERT_EQ(after.effects[k].what.bucket, settled.grants[k].bucket);
                ASSERT_EQ(after.effects[k].of == Effect::Of::sender,
                          settled.grants[k].grant == evidence.root.text());
            }
        }
    }
}

}  // namespace
}  // namespace kith::sim
