#include "delivery/outgoing.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "note/stub.h"

namespace kith {
namespace {
namespace json = boost::json;

constexpr Seconds kFirstWait{5};
constexpr Seconds kLongestWait{3600};
constexpr std::int64_t kGrowingWaits = 7;

std::string answer_text(const Attempt& attempt) {
    if (attempt.came == Attempt::Came::no_answer)
        return json::serialize(
            json::object{{"type", name_of(attempt.error.kind)},
                         {"detail",
                          attempt.error.where +
                              (attempt.error.detail.empty() ? "" : ": " + attempt.error.detail)}});
    json::object answer{{"status", attempt.status}};
    if (attempt.status == 202 && attempt.held) {
        answer["expires"] = format_time(attempt.held->expires);
        answer["shown"] = attempt.held->shown == HeldAnswer::Shown::yes;
        if (!attempt.held->price.empty())
            answer["price"] = attempt.held->price;
    }
    if (attempt.status >= 300) {
        answer["type"] = attempt.problem.type;
        answer["detail"] =
            attempt.problem.detail.empty() ? attempt.problem.title : attempt.problem.detail;
        if (attempt.problem.price)
            answer["price"] = *attempt.problem.price;
        if (attempt.problem.card)
            answer["card"] = *attempt.problem.card;
        if (attempt.problem.limit)
            answer["limit"] = *attempt.problem.limit;
    }
    return json::serialize(answer);
}

// No server to be found there, and none to come: the domain or its record says so.
bool is_final(const Error& error) {
    return error.kind == ErrorKind::not_found || error.kind == ErrorKind::malformed ||
           error.kind == ErrorKind::denied;
}

AttemptOutcome judge_refusal(const Attempt& attempt, AttemptOutcome outcome) {
    switch (attempt.problem.remedy()) {
        case Remedy::wait:
            outcome.next = NextStep::wait;
            return outcome;
        case Remedy::bring_blob:
            outcome.next = attempt.blob_sent ? NextStep::done : NextStep::send_blob;
            break;
        case Remedy::bring_cards:
            outcome.next = attempt.chain_sent ? NextStep::done : NextStep::send_chain;
            break;
        case Remedy::bring_stamp:
            outcome.state =
                attempt.problem.price ? RecipientState::needs_stamp : RecipientState::refused;
            return outcome;
        case Remedy::none:
            break;
    }
    outcome.state = RecipientState::refused;
    return outcome;
}

}  // namespace

AttemptOutcome judge_attempt(const Attempt& attempt) {
    AttemptOutcome outcome;
    outcome.answer = answer_text(attempt);
    if (attempt.came == Attempt::Came::no_answer) {
        outcome.next = is_final(attempt.error) ? NextStep::done : NextStep::wait;
        outcome.state = RecipientState::failed;
        return outcome;
    }
    if (attempt.status == 201 || attempt.status == 200) {
        outcome.state = RecipientState::delivered;
        return outcome;
    }
    if (attempt.status == 202) {
        outcome.state = RecipientState::held;
        return outcome;
    }
    return judge_refusal(attempt, std::move(outcome));
}

Seconds back_off(std::int64_t attempts, Random& random) {
    Seconds wait = kFirstWait;
    for (std::int64_t i = 1; i < std::min(attempts, kGrowingWaits); ++i)
        wait = std::min(wait * 3, kLongestWait);
    Bytes lot(2);
    random.fill(lot);
    const auto drawn = (lot[0] * 256 + lot[1]) * (wait.count() / 2) / 65'536;
    return Seconds(wait.count() - wait.count() / 2 + drawn);
}

void put_off(RecipientRecord& row, const AttemptOutcome& outcome, Seconds wait, Time now) {
    const bool held = row.held == RecipientRecord::Held::yes;
    if (!held)
        row.answer = outcome.answer;
    row.updated = now;
    row.next_attempt = now + wait;
    if (row.next_attempt < row.expires)
        row.state = RecipientState::queued;
    else
        row.state = held ? RecipientState::held : RecipientState::failed;
}

void settle(RecipientRecord& row, const AttemptOutcome& outcome, Time now) {
    row.answer = outcome.answer;
    row.updated = now;
    row.state = outcome.state;
    row.held = RecipientRecord::Held::no;
    if (outcome.state != RecipientState::held)
        return;
    row.held = RecipientRecord::Held::yes;
    // Whoever holds the stub may ask for the body until the stub expires.
    const auto note = SignedNote::parse(row.stub);
    if (!note)
        return;
    if (const auto stub = parse_stub(*note))
        row.expires = std::max(row.expires, stub->expires);
}

}  // namespace kith
