// Submissions and their recipients: the outgoing queue.
#include <algorithm>

#include "store/sqlite_rows.h"
#include "store/sqlite_writes.h"

namespace kith {

SubmissionId SqliteWrites::add_submission(AccountId account,
                                          MessageId message,
                                          Time now,
                                          std::vector<RecipientRecord> recipients) {
    database()
        .prepare("INSERT INTO submissions (account, message, created, modseq) VALUES (?, ?, ?, ?)")
        .bind(account)
        .bind(message)
        .bind(now)
        .bind(next_modseq(account))
        .run();
    const SubmissionId id = database().last_id();
    for (const RecipientRecord& each : recipients) {
        database()
            .prepare(
                "INSERT INTO recipients (account, submission, address, domain, stub, blob, "
                "token, stamp, copy, state, answer, attempts, next_attempt, expires, updated, "
                "introduction, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(account)
            .bind(id)
            .bind(each.address)
            .bind(each.domain)
            .bind(each.stub)
            .bind(each.blob)
            .bind(each.token)
            .bind(each.stamp)
            .bind(each.copy)
            .bind(each.state)
            .bind(each.answer)
            .bind(each.attempts)
            .bind(each.next_attempt)
            .bind(each.expires)
            .bind(now)
            .bind(each.introduction)
            .bind(each.held)
            .run();
        refer(each.blob, 1);
    }
    note_change(account, ObjectType::submission, std::to_string(id), Change::made);
    return id;
}

void SqliteWrites::update_recipient(const RecipientRecord& recipient) {
    database()
        .prepare(
            "UPDATE recipients SET stub = ?, token = ?, stamp = ?, state = ?, answer = ?, "
            "attempts = ?, next_attempt = ?, expires = ?, updated = ?, held = ? WHERE id = ?")
        .bind(recipient.stub)
        .bind(recipient.token)
        .bind(recipient.stamp)
        .bind(recipient.state)
        .bind(recipient.answer)
        .bind(recipient.attempts)
        .bind(recipient.next_attempt)
        .bind(recipient.expires)
        .bind(recipient.updated)
        .bind(recipient.held)
        .bind(recipient.id)
        .run();
    note_change(recipient.account,
                ObjectType::submission,
                std::to_string(recipient.submission),
                Change::made);
    database()
        .prepare("UPDATE submissions SET modseq = ? WHERE id = ?")
        .bind(next_modseq(recipient.account))
        .bind(recipient.submission)
        .run();
}

void SqliteWrites::put_sent_stub(const SentStub& stub) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO sent_stubs (hash, account, stub_id, address, sent, outcome, "
            "reported) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(stub.hash)
        .bind(stub.account)
        .bind(stub.stub_id)
        .bind(stub.address)
        .bind(stub.sent)
        .bind(stub.outcome)
        .bind(stub.reported)
        .run();
}

void SqliteWrites::remove_submission(AccountId account, SubmissionId id) {
    for (const RecipientRecord& each : recipients(id))
        refer(each.blob, -1);
    database().prepare("DELETE FROM recipients WHERE submission = ?").bind(id).run();
    database()
        .prepare("DELETE FROM submissions WHERE account = ? AND id = ?")
        .bind(account)
        .bind(id)
        .run();
    note_change(account, ObjectType::submission, std::to_string(id), Change::removed);
}

// The next domain behind `after` with something in the queue: one step in the index.
std::optional<std::string> SqliteWrites::next_queued_domain(const std::string& after) {
    auto row = database().prepare(
        "SELECT domain FROM recipients WHERE state <= 1 AND domain > ? ORDER BY domain LIMIT 1");
    row.bind(after);
    if (!row.step())
        return std::nullopt;
    return row.text(0);
}

std::vector<RecipientRecord> SqliteWrites::due_of_domain(const std::string& domain,
                                                         Time now,
                                                         std::int64_t limit) {
    static const std::string text =
        std::string("SELECT ") + kRecipientColumns +
        " FROM recipients WHERE state <= 1 AND domain = ? AND next_attempt <= ?"
        " ORDER BY next_attempt LIMIT ?";
    auto rows = database().prepare(text.c_str());
    rows.bind(domain).bind(now).bind(limit);
    std::vector<RecipientRecord> due;
    while (rows.step())
        due.push_back(read_recipient(rows));
    return due;
}

std::vector<RecipientRecord> SqliteWrites::take_due(const DueRows& wanted) {
    std::vector<RecipientRecord> taken;
    std::string domain = wanted.after;
    bool wrapped = wanted.after.empty();
    while (std::ssize(taken) < wanted.limit) {
        const auto next = next_queued_domain(domain);
        if (!next || (wrapped && !wanted.after.empty() && *next > wanted.after)) {
            if (wrapped)
                break;
            wrapped = true;
            domain.clear();
            continue;
        }
        domain = *next;
        const auto busy = wanted.busy.find(domain);
        const std::int64_t room =
            std::min(wanted.limit - std::ssize(taken),
                     wanted.per_domain - (busy == wanted.busy.end() ? 0 : busy->second));
        if (room > 0)
            std::ranges::move(due_of_domain(domain, wanted.now, room), std::back_inserter(taken));
    }
    for (RecipientRecord& each : taken) {
        each.state = RecipientState::sending;
        each.next_attempt = wanted.lease;
        database()
            .prepare("UPDATE recipients SET state = ?, next_attempt = ? WHERE id = ?")
            .bind(each.state)
            .bind(each.next_attempt)
            .bind(each.id)
            .run();
    }
    return taken;
}

void SqliteWrites::release_leases(Time now) {
    database()
        .prepare("UPDATE recipients SET state = 0, next_attempt = ? WHERE state = 1")
        .bind(now)
        .run();
}

}  // namespace kith
