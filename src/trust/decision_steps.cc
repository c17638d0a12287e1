#include "trust/decision_steps.h"

#include <algorithm>
#include <array>

#include "trust/smtp_steps.h"

namespace kith {
namespace {

using TokenState = TokenEvidence::State;
using StampState = StampEvidence::State;

// A step looks at the evidence, notes its reasons, and decides (true) or leaves it to the next.
using Step = bool (*)(const Evidence& evidence, Decision& decision);

constexpr const char* kManyUnanswered = "more of their mail is unanswered than you hear at once";

std::vector<std::pair<std::string, std::string>> mail_data(Credit mail) {
    return {{"credit", mail.text()}};
}

std::vector<std::pair<std::string, std::string>> introducer_data(const Introducer& introducer) {
    return {{"introducer", introducer.address.text()},
            {"introducer-root", introducer.root.text()},
            {"serial", introducer.serial}};
}

bool deliver(Decision& decision, Tier tier) {
    decision.outcome = Outcome::deliver;
    decision.tier = tier;
    decision.folder = Folder::inbox;
    return true;
}

// In Requests without a price, for people of one's own: so it is metered like their mail. Over that
// they are asked what strangers are asked.
bool hold_metered(Decision& decision, const std::optional<Credit>& mail, const Hash& grant) {
    if (mail && !mail->covers_one()) {
        note_reason(decision, ReasonCode::many_unanswered, kManyUnanswered, mail_data(*mail));
        return false;
    }
    if (mail)
        decision.debits.push_back({Debit::Meter::mail, grant.text()});
    return hold_unknown(decision);
}

bool is_known_sender(const Evidence& evidence) {
    return evidence.grant && evidence.grant->level != GrantLevel::blocked;
}

std::string since_text(const KeyState& key) {
    return key.since ? " since " + format_time(*key.since) : std::string();
}

bool has_key_trouble(const Evidence& evidence) {
    if (evidence.smtp)
        return false;  // there is no key
    return evidence.chain == Evidence::Chain::unproven || !evidence.key.good();
}

// Nobody's word and no token brings these further than to Requests: a key in trouble, somebody who
// looks hacked, somebody under another's address.
bool is_doubtful(const Evidence& evidence) {
    return has_key_trouble(evidence) || is_unproven_smtp(evidence) || evidence.other_root ||
           (evidence.grant && evidence.grant->state == GrantEvidence::State::suspended);
}

// Nothing when the key may be taken as the person's.
std::optional<Reason> key_trouble(const Evidence& evidence) {
    if (!has_key_trouble(evidence))
        return std::nullopt;
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
    return is_known_sender(evidence) && hold_metered(decision, evidence.grant->mail, evidence.root);
}

void note_contact(const Evidence& evidence, const GrantEvidence& grant, Decision& decision) {
    if (grant.state == GrantEvidence::State::introduced) {
        const std::string introducer = grant.introducer.address.text();
        auto data = introducer_data(grant.introducer);
        data.emplace_back("root", evidence.root.text());
        note_reason(decision,
                    ReasonCode::contact_introduced,
                    introducer + " introduced " + grant.address.text() + " to you",
                    std::move(data));
        return;
    }
    const std::string level(name_of(grant.level));
    note_reason(decision,
                grant.verified ? ReasonCode::contact_verified : ReasonCode::contact,
                grant.address.text() + " is your contact (" + level +
                    (grant.verified ? ", verified)" : ")"),
                {{"level", level}, {"root", evidence.root.text()}});
}

// What bounds a contact who was hacked, or is a bore: nothing is lost, nothing goes to strangers,
// but over the meter it makes no noise and runs nothing.
void meter_mail(const Evidence& evidence, const GrantEvidence& grant, Decision& decision) {
    if (!grant.mail)
        return;
    if (grant.mail->covers_one()) {
        decision.debits.push_back({Debit::Meter::mail, evidence.root.text()});
        return;
    }
    note_reason(decision, ReasonCode::many_unanswered, kManyUnanswered, mail_data(*grant.mail));
    decision.flags.batched = true;
    decision.flags.active_content_off = true;
}

// A letter of somebody whose word counts: a contact of the recipient's own choice, on a device that
// is theirs beyond doubt. What it costs is booked when the one introduced writes.
void note_letter(const Evidence& evidence, const GrantEvidence& grant, Decision& decision) {
    if (!evidence.letter)
        return;
    const LetterEvidence& letter = *evidence.letter;
    const std::string address = letter.address.text();
    const bool own_choice =
        grant.state == GrantEvidence::State::firm || grant.state == GrantEvidence::State::list;
    const bool heard = letter.state == LetterEvidence::State::good &&
                       evidence.words == Evidence::Words::accepted && own_choice &&
                       evidence.key.standing == KeyStanding::active;
    if (!heard) {
        note_reason(decision,
                    ReasonCode::introduces_in_vain,
                    "it introduces " + address + ", who is no less a stranger for that",
                    {{"introduced", address}, {"introduced-root", letter.root.text()}});
        return;
    }
    note_reason(decision,
                ReasonCode::introduces,
                "it introduces " + address + " to you, whom you hear on their word until " +
                    format_time(letter.until),
                {{"introduced", address},
                 {"introduced-root", letter.root.text()},
                 {"until", format_time(letter.until)}});
}

// Step 3, first half. Of a list the grant says whom its word reaches; its mail comes by its token.
bool by_grant(const Evidence& evidence, Decision& decision) {
    note_smtp_sender(evidence, decision);
    if (!evidence.grant || has_key_trouble(evidence) || is_unproven_smtp(evidence))
        return false;
    const GrantEvidence& grant = *evidence.grant;
    if (grant.state == GrantEvidence::State::dormant || grant.state == GrantEvidence::State::list)
        return false;
    if (grant.state == GrantEvidence::State::suspended) {
        note_reason(decision,
                    ReasonCode::contact_suspended,
                    "you said that " + grant.address.text() + " looks hacked",
                    {{"root", evidence.root.text()}});
        return hold_metered(decision, grant.mail, evidence.root);
    }
    note_contact(evidence, grant, decision);
    if (!evidence.smtp && evidence.key.standing == KeyStanding::pending) {
        note_reason(decision,
                    ReasonCode::new_device,
                    "the device " + evidence.key.device + " is new and not confirmed yet",
                    {{"device", evidence.key.device}});
        decision.flags.active_content_off = true;
    }
    if (grant.state == GrantEvidence::State::introduced)
        decision.flags.active_content_off = true;
    note_letter(evidence, grant, decision);
    meter_mail(evidence, grant, decision);
    return deliver(decision,
                   grant.level == GrantLevel::well_trusted &&
                           grant.state == GrantEvidence::State::firm && !evidence.smtp
                       ? Tier::well_trusted
                       : Tier::known);
}

// Step 3, second half.
bool by_other_root(const Evidence& evidence, Decision& decision) {
    if (!evidence.other_root)
        return false;
    note_reason(
        decision,
        ReasonCode::root_changed,
        "this is not the " + evidence.sender.text() + " whom you know: the identity is another",
        {{"pinned", evidence.other_root->pinned.text()}, {"root", evidence.root.text()}});
    decision.flags.root_changed = true;
    return hold_metered(decision, evidence.other_root->mail, evidence.other_root->pinned);
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
            note_reason(
                decision, ReasonCode::token_revoked, named_token(token) + " is revoked", data());
            return refuse_for(decision, Refusal::token_revoked);
        case TokenState::foreign:
            note_reason(decision,
                        ReasonCode::token_foreign,
                        "the token is not for this sender and recipient");
            return refuse_for(decision, Refusal::token_foreign);
        case TokenState::spent:
            note_reason(
                decision, ReasonCode::token_spent, named_token(token) + " is used up", data());
            return token.kind != TokenKind::reply && refuse_for(decision, Refusal::token_spent);
        case TokenState::busy:
            note_reason(decision,
                        ReasonCode::token_busy,
                        named_token(token) + " is used up for today",
                        data());
            return false;
        case TokenState::expired:
            note_reason(decision,
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
    note_reason(decision, code_of(token.kind), text_of_good(token), {{"token", token.id}});
    decision.debits.push_back({Debit::Meter::token, token.id});
}

// What it costs is the token's; what its mail comes to is the list's, as a contact.
void note_list(const Evidence& evidence, Decision& decision) {
    if (!evidence.grant || evidence.grant->state != GrantEvidence::State::list)
        return;
    note_reason(decision,
                ReasonCode::contact_list,
                evidence.grant->address.text() + " is a mailing list that you joined",
                {{"root", evidence.root.text()}});
    note_letter(evidence, *evidence.grant, decision);
}

// Step 4. With a sender in doubt the token is the recipient's word for hearing them, not for
// trusting them.
bool by_token(const Evidence& evidence, Decision& decision) {
    const TokenEvidence* const token = good_token(evidence);
    if (token == nullptr || token->kind == TokenKind::card)
        return false;
    if (token->kind == TokenKind::newsletter)
        note_list(evidence, decision);
    note_good_token(*token, decision);
    if (is_doubtful(evidence))
        return hold_unknown(decision);
    if (evidence.key.standing == KeyStanding::pending)
        decision.flags.active_content_off = true;
    return deliver(decision, Tier::known);
}

// Step 5. The introducer pays for it, so it takes an introducer whose word is still worth
// something; and it takes a key that may be taken as the sender's.
bool by_word(const Evidence& evidence, Decision& decision) {
    if (!evidence.word || evidence.words == Evidence::Words::not_accepted || is_doubtful(evidence))
        return false;
    const WordEvidence& word = *evidence.word;
    const std::string introducer = word.introducer.address.text();
    if (!word.introductions.covers_one()) {
        note_reason(decision,
                    ReasonCode::introducer_spent,
                    introducer + " has introduced more people than you hear at once",
                    {{"introducer", introducer}, {"credit", word.introductions.text()}});
        return false;
    }
    note_reason(
        decision,
        word.kind == WordEvidence::Kind::vouch ? ReasonCode::vouched : ReasonCode::introduced,
        "introduced by " + introducer + ", whom you know",
        introducer_data(word.introducer));
    decision.debits.push_back({Debit::Meter::introductions, word.introducer.root.text()});
    decision.flags.active_content_off = true;
    return deliver(decision, Tier::known);
}

// Step 6.
bool by_card_token(const Evidence& evidence, Decision& decision) {
    const TokenEvidence* const token = good_token(evidence);
    if (token == nullptr || token->kind != TokenKind::card)
        return false;
    note_good_token(*token, decision);
    return hold_unknown(decision);
}

// Step 7: who was a contact once, where nothing better speaks for them.
bool by_dormant_grant(const Evidence& evidence, Decision& decision) {
    if (!evidence.grant || evidence.grant->state != GrantEvidence::State::dormant ||
        has_key_trouble(evidence) || is_unproven_smtp(evidence))
        return false;
    const GrantEvidence& grant = *evidence.grant;
    note_reason(decision,
                ReasonCode::contact_dormant,
                grant.address.text() + " was your contact, long ago, so no stamp is asked",
                {{"root", evidence.root.text()}});
    return hold_metered(decision, grant.mail, evidence.root);
}

bool by_waived_price(const Evidence& evidence, Decision& decision) {
    if (!evidence.waived)
        return false;
    note_reason(decision, ReasonCode::price_waived, "no stamp is asked: " + evidence.waived->why);
    return hold_unknown(decision);
}

// Who hears no strangers does not hear those of good domains either.
bool by_domain_credit(const Evidence& evidence, Decision& decision) {
    if (!evidence.domain || !evidence.domain->credit.covers_one() ||
        evidence.stamps == Evidence::Stamps::not_accepted)
        return false;
    const std::string& domain = evidence.sender.domain();
    note_reason(decision,
                ReasonCode::domain_credit,
                "a stranger, whose domain " + domain + " has credit here",
                {{"domain", domain}, {"credit", evidence.domain->credit.text()}});
    decision.debits.push_back({Debit::Meter::domain, domain});
    return hold_unknown(decision);
}

// Step 8.
bool by_stamp(const Evidence& evidence, Decision& decision) {
    if (!evidence.stamp || evidence.stamps == Evidence::Stamps::not_accepted)
        return false;
    const std::uint64_t effort = evidence.stamp->effort;
    const std::vector<std::pair<std::string, std::string>> data = {
        {"effort", std::to_string(effort)}, {"price", std::to_string(evidence.price)}};
    switch (evidence.stamp->state) {
        case StampState::good:
            if (effort >= evidence.price) {
                note_reason(decision, ReasonCode::stamp, "a stranger, with a stamp", data);
                return hold_unknown(decision);
            }
            [[fallthrough]];
        case StampState::low:
            note_reason(decision, ReasonCode::stamp_low, "the stamp is below the price", data);
            return false;
        case StampState::stale:
            note_reason(decision, ReasonCode::stamp_stale, "the stamp's price note is over", data);
            return false;
        case StampState::wrong:
            note_reason(decision, ReasonCode::stamp_wrong, "the stamp is no solution", data);
            return false;
    }
    return false;
}

// Step 9.
bool by_price(const Evidence& evidence, Decision& decision) {
    decision.tier = Tier::unknown;
    if (evidence.stamps == Evidence::Stamps::not_accepted) {
        note_reason(decision, ReasonCode::strangers_not_heard, "you hear no strangers");
        return refuse_for(decision, Refusal::refused);
    }
    note_reason(decision,
                ReasonCode::stranger,
                "a stranger, without anything that speaks for them",
                {{"price", std::to_string(evidence.price)}});
    decision.outcome = Outcome::price;
    return true;
}

// The order is the rule (protocol section 5). The first that decides ends it; the last always does.
constexpr std::array<Step, 13> kSteps = {
    by_disowning_domain,
    by_key_state,
    by_grant,
    by_other_root,
    by_void_token,
    by_token,
    by_word,
    by_card_token,
    by_dormant_grant,
    by_waived_price,
    by_domain_credit,
    by_stamp,
    by_smtp_stranger,
};

}  // namespace

void note_reason(Decision& decision,
                 ReasonCode code,
                 std::string text,
                 std::vector<std::pair<std::string, std::string>> data) {
    decision.reasons.push_back({code, std::move(text), std::move(data)});
}

bool hold_unknown(Decision& decision) {
    decision.outcome = Outcome::hold;
    decision.tier = Tier::unknown;
    decision.folder = Folder::requests;
    decision.flags.active_content_off = true;
    return true;
}

bool refuse_for(Decision& decision, Refusal refusal) {
    decision.outcome = Outcome::refuse;
    decision.tier = Tier::unknown;
    decision.refusal = refusal;
    return true;
}

Decision run_steps(const Evidence& evidence) {
    Decision decision;
    const bool decided =
        std::ranges::any_of(kSteps, [&](const Step step) { return step(evidence, decision); });
    if (!decided)
        by_price(evidence, decision);
    decision.told = decision.outcome;
    return decision;
}

}  // namespace kith
