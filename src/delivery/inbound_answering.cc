// The corridor's fourth step: what the sender is told, which follows from what was decided, or from
// what they were told of the same stub before.
#include "delivery/inbound.h"

#include <algorithm>

#include "delivery/request_slots.h"

namespace kith {
namespace {

std::string what_is_missing(const Evidence& evidence) {
    using State = StampEvidence::State;
    if (!evidence.stamp)
        return "a stamp, a token or an introduction is needed";
    switch (evidence.stamp->state) {
        case State::low:
            return "the stamp is below the price";
        case State::stale:
            return "the stamp's price note is over";
        default:
            return "the stamp is no solution for this stub";
    }
}

// What comes with a subscription and is too much for today may come tomorrow: a stamp for it would
// be more than its reader agreed to.
bool is_subscription_used_up(const Evidence& evidence) {
    return evidence.token && evidence.token->kind == TokenKind::newsletter &&
           evidence.token->state == TokenEvidence::State::busy;
}

Problem problem_of_refusal(Refusal refusal) {
    switch (refusal) {
        case Refusal::refused:
            return Problem::refused;
        case Refusal::token_revoked:
            return Problem::token_revoked;
        case Refusal::token_spent:
            return Problem::token_spent;
        case Refusal::token_foreign:
            return Problem::token_foreign;
        case Refusal::smtp_challenge:
        case Refusal::smtp_disowned:
            break;  // what comes here never came by SMTP
    }
    return Problem::refused;
}

// Who was declined, or accepted, has had a day: told like that of all others, the day after.
bool is_over(const KnownStub& message, Time now) {
    const bool waits = message.state == MessageState::held;
    return had_its_day(waits || message.shown != 0 ? message.shown : day_of(message.received_at),
                       now);
}

}  // namespace

int Verdict::status() const {
    switch (answer) {
        case Answer::deliver:
            return 201;
        case Answer::hold:
            return 202;
        case Answer::problem:
            return problem.status;
    }
    return 500;
}

Time Inbound::kept_until(const Stub& stub, Time now) const {
    return std::min(stub.expires, now + options_.keep_requests.get());
}

HeldAnswer Inbound::held_answer(Time expires, HeldAnswer::Shown shown, Time now) const {
    return {.expires = expires, .shown = shown, .price = price_note(now)};
}

std::string Inbound::price_note(Time now) const {
    std::string text = write_price(price_.current(now));
    const std::scoped_lock lock(note_mutex_);
    if (note_text_ != text) {
        const auto note = SignedNote::sign(text, options_.domain, domain_key_);
        note_ = note ? note->octets() : std::string();
        note_text_ = std::move(text);
    }
    return note_;
}

Verdict Inbound::verdict_of(const Candidate& candidate,
                            const Judged& judged,
                            ReadTransaction& read,
                            Time now) const {
    Verdict verdict;
    const auto problem = [&](Problem which, std::string detail) {
        verdict.answer = Verdict::Answer::problem;
        verdict.problem = make_problem(which, std::move(detail));
        return verdict;
    };
    const auto hold = [&](Time expires, bool shown) {
        verdict.answer = Verdict::Answer::hold;
        verdict.held =
            held_answer(expires, shown ? HeldAnswer::Shown::yes : HeldAnswer::Shown::no, now);
    };
    if (judged.problem) {
        verdict.problem = *judged.problem;
        return verdict;
    }
    if (judged.known) {
        if (!candidate.is_stub_of(judged.known->stub))
            return problem(Problem::id_reused, "stub: id");
        if (judged.known->state == MessageState::delivered)
            verdict.answer = Verdict::Answer::deliver;
        else
            hold(judged.known->expires.value_or(candidate.stub.expires),
                 is_over(*judged.known, now));
        return verdict;
    }
    if (judged.past) {
        if (judged.past->hash != candidate.hash)
            return problem(Problem::id_reused, "stub: id");
        if (judged.past->was == PastStub::Was::delivered)
            verdict.answer = Verdict::Answer::deliver;
        else
            hold(judged.past->kept, had_its_day(judged.past->shown, now));
        return verdict;
    }
    switch (judged.decision.told) {
        case Outcome::deliver:
            break;
        case Outcome::hold:
            if (held_today(read, judged.account.id, now) >= options_.requests_a_day)
                return problem(Problem::over_quota, "no more strangers today");
            hold(kept_until(candidate.stub, now), false);
            return verdict;
        case Outcome::refuse:
            return problem(problem_of_refusal(judged.decision.refusal.value_or(Refusal::refused)),
                           judged.decision.text);
        case Outcome::price:
        case Outcome::drop:
            if (is_subscription_used_up(judged.evidence))
                return problem(Problem::over_quota, "the token is used up for today");
            problem(Problem::stamp_needed, what_is_missing(judged.evidence));
            verdict.problem.price = price_note(now);
            return verdict;
    }
    if (judged.account.used_octets + candidate.stub.size > options_.quota_octets)
        return problem(Problem::over_quota, "the account is full");
    verdict.answer = Verdict::Answer::deliver;
    // A body that is here untold is asked for like one that is not.
    const bool is_here = read.blob(candidate.stub.blob).has_value() && !judged.untold;
    verdict.body = is_here ? Verdict::Body::here : Verdict::Body::wanted;
    return verdict;
}

}  // namespace kith
