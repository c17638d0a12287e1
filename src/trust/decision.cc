#include "trust/decision.h"

#include <algorithm>
#include <array>

namespace kith {
namespace {

using TokenState = TokenEvidence::State;
using StampState = StampEvidence::State;

// A step looks at the evidence, notes its reasons, and decides (true) or leaves it to the next.
using Step = bool (*)(const Evidence& evidence, Decision& decision);

void note(Decision& decision,
          ReasonCode code,
          std::string text,
          std::vector<std::pair<std::string, std::string>> data = {}) {
    decision.reasons.push_back({code, std::move(text), std::move(data)});
}

bool deliver(Decision& decision, Tier tier) {
    decision.outcome = Outcome::deliver;
    decision.tier = tier;
    decision.folder = Folder::inbox;
    return true;
}

bool hold(Decision& decision) {
    decision.outcome = Outcome::hold;
    decision.tier = Tier::unknown;
    decision.folder = Folder::requests;
    decision.flags.active_content_off = true;
    return true;
}

bool refuse(Decision& decision, Refusal refusal) {
    decision.outcome = Outcome::refuse;
    decision.tier = Tier::unknown;
    decision.refusal = refusal;
    return true;
}

bool is_known_sender(const Evidence& evidence) {
    return evidence.grant && evidence.grant->level != GrantLevel::blocked;
}

std::string since_text(const KeyState& key) {
    return key.since ? " since " + format_time(*key.since) : std::string();
}

// Nothing when the key may be taken as the person's.
std::optional<Reason> key_trouble(const Evidence& evidence) {
    const KeyState& key = evidence.key;
    const std::string device = key.device.empty() ? "the device" : "the device " + key.device;
    if (evidence.chain == Evidence::Chain::unproven)
        return Reason{ReasonCode::key_unproven, "the sender's card could not be proven"};
    switch (key.standing) {
        case KeyStanding::active:
        case KeyStanding::pending:
            return std::nullopt;
        case KeyStanding::revoked:
            return Reason{ReasonCode::key_revoked, device + " is revoked" + since_text(key)};
        case KeyStanding::frozen:
            return Reason{ReasonCode::key_frozen, "the sender froze the account" + since_text(key)};
        case KeyStanding::expired:
            return Reason{ReasonCode::key_expired, "the sender's card has run out"};
        case KeyStanding::unknown:
            return Reason{ReasonCode::key_unknown, "the device is not one of the sender's"};
        case KeyStanding::disputed:
            return Reason{ReasonCode::key_disputed, "the sender's account is disputed"};
    }
    return std::nullopt;
}

// Section 5, step 2. Whom the recipient knows is held for them to look at; everybody else pays as
// strangers do, or freezing one's own account would be a way past the price.
bool by_key_state(const Evidence& evidence, Decision& decision) {
    const auto trouble = key_trouble(evidence);
    if (!trouble)
        return false;
    decision.reasons.push_back(*trouble);
    return is_known_sender(evidence) && hold(decision);
}

// Step 3, first half.
bool by_grant(const Evidence& evidence, Decision& decision) {
    if (!evidence.grant)
        return false;
    const GrantEvidence& grant = *evidence.grant;
    const Tier tier = grant.level == GrantLevel::well_trusted ? Tier::well_trusted : Tier::known;
    note(decision,
         grant.verified ? ReasonCode::contact_verified : ReasonCode::contact,
         grant.address.text() + " is your contact (" + std::string(name_of(grant.level)) +
             (grant.verified ? ", verified)" : ")"),
         {{"level", std::string(name_of(grant.level))}, {"root", evidence.root.text()}});
    if (evidence.key.standing == KeyStanding::pending) {
        note(decision,
             ReasonCode::new_device,
             "the device " + evidence.key.device + " is new and not confirmed yet",
             {{"device", evidence.key.device}});
        decision.flags.active_content_off = true;
    }
    return deliver(decision, tier);
}

// Step 3, second half.
bool by_other_root(const Evidence& evidence, Decision& decision) {
    if (!evidence.other_root)
        return false;
    note(decision,
         ReasonCode::root_changed,
         "this is not the " + evidence.sender.text() + " whom you know: the identity is another",
         {{"pinned", evidence.other_root->pinned.text()}, {"root", evidence.root.text()}});
    decision.flags.root_changed = true;
    return hold(decision);
}

std::string named_token(const TokenEvidence& token) {
    std::string text = "the " + std::string(name_of(token.kind)) + " token";
    return token.label.empty() ? text : text + " \"" + token.label + "\"";
}

ReasonCode code_of(TokenKind kind) {
    switch (kind) {
        case TokenKind::reply:
            return ReasonCode::reply_token;
        case TokenKind::invite:
            return ReasonCode::invite_token;
        case TokenKind::newsletter:
            return ReasonCode::newsletter_token;
        case TokenKind::card:
            break;
    }
    return ReasonCode::card_token;
}

std::string text_of_good(const TokenEvidence& token) {
    if (token.kind == TokenKind::reply)
        return "it answers a message of yours";
    return "it came with " + named_token(token) + " that you gave out";
}

// Section 5.1: its bearer is told when a token is void for good; one that is merely late or over
// today's quota counts as none.
bool by_void_token(const Evidence& evidence, Decision& decision) {
    if (!evidence.token)
        return false;
    const TokenEvidence& token = *evidence.token;
    const auto data = [&token] {
        return std::vector<std::pair<std::string, std::string>>{{"token", token.id}};
    };
    switch (token.state) {
        case TokenState::good:
            return false;
        case TokenState::revoked:
            note(decision, ReasonCode::token_revoked, named_token(token) + " is revoked", data());
            return refuse(decision, Refusal::token_revoked);
        case TokenState::foreign:
            note(decision,
                 ReasonCode::token_foreign,
                 "the token is not for this sender and recipient");
            return refuse(decision, Refusal::token_foreign);
        case TokenState::spent:
            note(decision, ReasonCode::token_spent, named_token(token) + " is used up", data());
            return token.kind != TokenKind::reply && refuse(decision, Refusal::token_spent);
        case TokenState::busy:
            note(decision,
                 ReasonCode::token_busy,
                 named_token(token) + " is used up for today",
                 data());
            return false;
        case TokenState::expired:
            note(decision,
                 ReasonCode::token_expired,
                 "the time of " + named_token(token) + " is over",
                 data());
            return false;
    }
    return false;
}

const TokenEvidence* good_token(const Evidence& evidence) {
    return evidence.token && evidence.token->state == TokenState::good ? &*evidence.token : nullptr;
}

void note_good_token(const TokenEvidence& token, Decision& decision) {
    note(decision, code_of(token.kind), text_of_good(token), {{"token", token.id}});
}

// Step 4. With a key in trouble the token is the recipient's word for hearing it, not for trusting
// it.
bool by_token(const Evidence& evidence, Decision& decision) {
    const TokenEvidence* const token = good_token(evidence);
    if (token == nullptr || token->kind == TokenKind::card)
        return false;
    note_good_token(*token, decision);
    if (key_trouble(evidence))
        return hold(decision);
    decision.flags.active_content_off = evidence.key.standing == KeyStanding::pending;
    return deliver(decision, Tier::known);
}

// Step 5.
bool by_card_token(const Evidence& evidence, Decision& decision) {
    const TokenEvidence* const token = good_token(evidence);
    if (token == nullptr || token->kind != TokenKind::card)
        return false;
    note_good_token(*token, decision);
    return hold(decision);
}

bool by_waived_price(const Evidence& evidence, Decision& decision) {
    if (!evidence.waived)
        return false;
    note(decision, ReasonCode::price_waived, "no stamp is asked: " + evidence.waived->why);
    return hold(decision);
}

// Step 6.
bool by_stamp(const Evidence& evidence, Decision& decision) {
    if (!evidence.stamp || evidence.stamps == Evidence::Stamps::not_accepted)
        return false;
    const std::uint64_t effort = evidence.stamp->effort;
    const std::vector<std::pair<std::string, std::string>> data = {
        {"effort", std::to_string(effort)}, {"price", std::to_string(evidence.price)}};
    switch (evidence.stamp->state) {
        case StampState::good:
            if (effort >= evidence.price) {
                note(decision, ReasonCode::stamp, "a stranger, with a stamp", data);
                return hold(decision);
            }
            [[fallthrough]];
        case StampState::low:
            note(decision, ReasonCode::stamp_low, "the stamp is below the price", data);
            return false;
        case StampState::stale:
            note(decision, ReasonCode::stamp_stale, "the stamp's price note is over", data);
            return false;
        case StampState::wrong:
            note(decision, ReasonCode::stamp_wrong, "the stamp is no solution", data);
            return false;
    }
    return false;
}

// Step 7.
bool by_price(const Evidence& evidence, Decision& decision) {
    decision.tier = Tier::unknown;
    if (evidence.stamps == Evidence::Stamps::not_accepted) {
        note(decision, ReasonCode::strangers_not_heard, "you hear no strangers");
        return refuse(decision, Refusal::refused);
    }
    note(decision,
         ReasonCode::stranger,
         "a stranger, without anything that speaks for them",
         {{"price", std::to_string(evidence.price)}});
    decision.outcome = Outcome::price;
    return true;
}

// The order is the rule (protocol section 5). The first that decides ends it; the last always does.
constexpr std::array<Step, 8> kSteps = {
    by_key_state,
    by_grant,
    by_other_root,
    by_void_token,
    by_token,
    by_card_token,
    by_waived_price,
    by_stamp,
};

Decision run_steps(const Evidence& evidence) {
    Decision decision;
    const bool decided =
        std::ranges::any_of(kSteps, [&](const Step step) { return step(evidence, decision); });
    if (!decided)
        by_price(evidence, decision);
    decision.told = decision.outcome;
    return decision;
}

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

// Step 1: a blocked sender gets the answer that a stranger with the same evidence would get.
Decision drop_blocked(const Evidence& evidence, const GrantEvidence& grant) {
    Evidence as_stranger = evidence;
    as_stranger.grant.reset();
    as_stranger.other_root.reset();
    const Decision stranger = run_steps(as_stranger);
    Decision decision;
    decision.outcome = Outcome::drop;
    decision.told = stranger.outcome;
    decision.refusal = stranger.refusal;
    note(decision,
         ReasonCode::blocked,
         "you blocked " + grant.address.text(),
         {{"root", evidence.root.text()}});
    return decision;
}

}  // namespace

bool Decision::has(ReasonCode code) const {
    return std::ranges::find(reasons, code, &Reason::code) != reasons.end();
}

Decision decide(const Evidence& evidence) {
    const bool blocked = evidence.grant && evidence.grant->level == GrantLevel::blocked;
    Decision decision = blocked ? drop_blocked(evidence, *evidence.grant) : run_steps(evidence);
    decision.text = sentence_of(decision);
    return decision;
}

}  // namespace kith
