#include "trust/decision.h"

#include <algorithm>

#include "trust/decision_steps.h"

namespace kith {
namespace {

std::string_view opening_of(const Decision& decision) {
    switch (decision.outcome) {
        case Outcome::deliver:
            return "Delivered";
        case Outcome::hold:
            return "Held in Requests";
        case Outcome::price:
            return "Not taken; a stamp is asked";
        case Outcome::refuse:
            return "Refused";
        case Outcome::drop:
            break;
    }
    return "Dropped";
}

std::string sentence_of(const Decision& decision) {
    std::string text(opening_of(decision));
    std::string_view join = ": ";
    for (const Reason& reason : decision.reasons) {
        text += join;
        text += reason.text;
        join = "; ";
    }
    return text + ".";
}

// What a vouch did is not told: the sender would learn whom the recipient knows.
Decision run(const Evidence& evidence) {
    Decision decision = run_steps(evidence);
    if (!decision.has(ReasonCode::vouched))
        return decision;
    Evidence without = evidence;
    without.word.reset();
    const Decision stranger = run_steps(without);
    decision.told = stranger.outcome;
    decision.refusal = stranger.refusal;
    return decision;
}

// Step 1: a blocked sender gets the answer that a stranger with the same evidence would get.
Decision drop_blocked(const Evidence& evidence, const GrantEvidence& grant) {
    Evidence as_stranger = evidence;
    as_stranger.grant.reset();
    as_stranger.other_root.reset();
    const Decision stranger = run(as_stranger);
    Decision decision;
    decision.outcome = Outcome::drop;
    decision.told = stranger.told;
    decision.refusal = stranger.refusal;
    decision.debits = stranger.debits;  // a meter that stood still would tell, too
    note_reason(decision,
                ReasonCode::blocked,
                "you blocked " + grant.address.text(),
                {{"root", evidence.root.text()}});
    return decision;
}

}  // namespace

std::string_view Reason::figure(std::string_view name) const {
    const auto found = std::ranges::find(
        data, name, [](const auto& one) -> std::string_view { return one.first; });
    return found == data.end() ? std::string_view() : std::string_view(found->second);
}

const Reason* Decision::reason(ReasonCode code) const {
    const auto found = std::ranges::find(reasons, code, &Reason::code);
    return found == reasons.end() ? nullptr : &*found;
}

Decision decide(const Evidence& evidence) {
    const bool blocked = evidence.grant && evidence.grant->level == GrantLevel::blocked;
    Decision decision = blocked ? drop_blocked(evidence, *evidence.grant) : run(evidence);
    decision.text = sentence_of(decision);
    return decision;
}

bool would_decide(const WordEvidence& word, const Evidence& evidence) {
    Evidence with = evidence;
    with.word = word;
    const bool blocked = evidence.grant && evidence.grant->level == GrantLevel::blocked;
    return !blocked &&
           run_steps(with).has(word.kind == WordEvidence::Kind::vouch ? ReasonCode::vouched
                                                                      : ReasonCode::introduced);
}

}  // namespace kith
