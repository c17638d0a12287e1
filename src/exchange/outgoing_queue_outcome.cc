// What came of sending is written down: in the queue's rows, in how the other server does, and in
// the log.
#include "exchange/outgoing_queue.h"
#include "exchange/store_calls.h"

namespace kith {
namespace {

constexpr Seconds kAfterRetryAsked{1};
constexpr std::size_t kMostFailing = 10'000;

// The server was not reached, or did not finish: it, not the message, is the trouble.
bool is_away(const Attempt& attempt) {
    return attempt.came == Attempt::Came::no_answer &&
           (attempt.error.kind == ErrorKind::unavailable ||
            attempt.error.kind == ErrorKind::timeout || attempt.error.kind == ErrorKind::io ||
            attempt.error.kind == ErrorKind::untrusted);
}

}  // namespace

awaitable<void> OutgoingQueue::finish(RecipientRecord row, Attempt attempt, Moment began) {
    const std::string domain = row.domain;
    const auto outcome = judge_attempt(attempt);
    const Time now = services_.clock.now();
    ++row.attempts;
    Seconds wait = attempt.retry_after.value_or(back_off(row.attempts, services_.room.random));
    if (began < retry_asked_)
        wait = kAfterRetryAsked;
    if (outcome.next == NextStep::wait)
        put_off(row, outcome, wait, now);
    else
        settle(row, outcome, now);
    Rows rows;
    rows.push_back(std::move(row));
    co_await write_rows(std::move(rows));
    one_less(domain);
}

awaitable<void> OutgoingQueue::put_back(Rows rows, Time until) {
    const Time now = services_.clock.now();
    for (RecipientRecord& row : rows) {
        AttemptOutcome outcome;
        outcome.answer = row.answer;
        put_off(row, outcome, std::max(Seconds(1), until - now), now);
    }
    co_await write_rows(std::move(rows));
}

// Somebody may have removed a row meanwhile: then nothing is written. If it cannot be written at
// all, its lease runs out and it is sent again, which is the same message for the receiver.
awaitable<void> OutgoingQueue::write_rows(Rows rows) {
    std::map<AccountId, ModSeq> told;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        told.clear();
        for (const RecipientRecord& row : rows) {
            const auto now = write.recipient(row.id);
            if (!now || now->state != RecipientState::sending)
                continue;
            write.update_recipient(row);
            told[row.account] = write.modseq(row.account);
        }
        return {};
    };
    const auto written =
        co_await write_store(&services_.room.store, std::move(work), Store::Adds::no);
    if (!written) {
        services_.meter.warn("queue-not-written", written.error().text());
        co_return;
    }
    for (const auto& [account, state] : told)
        services_.changed(account, {ObjectType::submission}, state);
}

void OutgoingQueue::note_health(const std::string& domain, const Attempt& attempt, Moment began) {
    if (!is_away(attempt)) {
        failing_.erase(domain);
        return;
    }
    if (began < retry_asked_)
        return;
    if (failing_.size() >= kMostFailing)
        failing_.clear();
    const Time now = services_.clock.now();
    Failing& failing = failing_[domain];
    // Those under way at the same time fail together: that is one failure.
    if (failing.until > now)
        return;
    ++failing.failures;
    failing.until = now + back_off(failing.failures, services_.room.random);
}

void OutgoingQueue::report(const OutgoingMail& mail, const Attempt& attempt, double seconds) {
    DeliveryEvent event;
    event.direction = DeliveryEvent::Direction::out;
    event.status = attempt.status;
    event.type =
        attempt.came == Attempt::Came::answer ? attempt.problem.type : name_of(attempt.error.kind);
    if (attempt.came == Attempt::Came::no_answer)
        event.detail = attempt.error.text();
    event.peer = mail.row.domain;
    event.message = mail.stub.id;
    event.attempt = mail.row.attempts + 1;
    event.seconds = seconds;
    services_.meter.answered(event);
}

}  // namespace kith
