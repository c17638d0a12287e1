// Submissions and their recipients: the outgoing queue.
#include "store/sqlite_reads.h"
#include "store/sqlite_rows.h"

namespace kith {
namespace {

using sqlite::Statement;

SubmissionRecord read_submission(Statement& row) {
    return {row.integer(0), row.integer(1), row.time(2), row.integer(3)};
}

constexpr char kOfSubmission[] = " FROM recipients WHERE submission = ? ORDER BY id";

constexpr char kOfId[] = " FROM recipients WHERE id = ?";

// The state in figures, as the index of what waits has it.
static_assert(static_cast<int>(RecipientState::unconfirmed) == 7);
constexpr char kUnconfirmed[] = " FROM recipients WHERE state = 7 AND account = ? ORDER BY id";

constexpr char kUnconfirmedExpired[] =
    " FROM recipients WHERE state = 7 AND expires <= ? ORDER BY id LIMIT ?";

SentStub read_sent_stub(Statement& row) {
    return {row.hash(0),
            row.integer(1),
            row.text(2),
            row.text(3),
            row.time(4),
            enum_of<MessageRecord::Outcome>(row.integer(5)),
            row.time(6)};
}

constexpr char kWaiting[] = " FROM recipients WHERE state <= 1 ORDER BY next_attempt LIMIT ?";

}  // namespace

RecipientRecord read_recipient(Statement& row) {
    RecipientRecord out;
    out.id = row.integer(0);
    out.account = row.integer(1);
    out.submission = row.integer(2);
    out.address = row.text(3);
    out.domain = row.text(4);
    out.stub = row.text(5);
    out.blob = row.hash(6);
    out.token = row.text(7);
    out.stamp = row.text(8);
    out.copy = enum_of<RecipientRecord::Copy>(row.integer(9));
    out.state = enum_of<RecipientState>(row.integer(10));
    out.answer = row.text(11);
    out.attempts = row.integer(12);
    out.next_attempt = row.time(13);
    out.expires = row.time(14);
    out.updated = row.time(15);
    out.introduction = row.text(16);
    out.held = enum_of<RecipientRecord::Held>(row.integer(17));
    return out;
}

std::optional<SubmissionRecord> SqliteReads::submission(AccountId account, SubmissionId id) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, message, created, modseq FROM submissions "
                               "WHERE account = ? AND id = ?")
                      .bind(account)
                      .bind(id)),
        read_submission);
}

std::vector<SubmissionRecord> SqliteReads::submissions(AccountId account) {
    return all_of(std::move(database_
                                .prepare("SELECT id, message, created, modseq FROM submissions "
                                         "WHERE account = ? ORDER BY created DESC, id DESC")
                                .bind(account)),
                  read_submission);
}

std::vector<RecipientRecord> SqliteReads::recipients(SubmissionId submission) {
    return all_of(
        std::move(database_.prepare(joined<kRecipientColumns, kOfSubmission>()).bind(submission)),
        read_recipient);
}

std::optional<RecipientRecord> SqliteReads::recipient(std::int64_t id) {
    return at_most_one(std::move(database_.prepare(joined<kRecipientColumns, kOfId>()).bind(id)),
                       read_recipient);
}

std::vector<RecipientRecord> SqliteReads::queue(std::int64_t limit) {
    return all_of(std::move(database_.prepare(joined<kRecipientColumns, kWaiting>()).bind(limit)),
                  read_recipient);
}

std::int64_t SqliteReads::queue_size() {
    return at_most_one(database_.prepare("SELECT count(*) FROM recipients WHERE state <= 1"),
                       read_integer)
        .value_or(0);
}

std::optional<Time> SqliteReads::next_due() {
    auto row = database_.prepare("SELECT min(next_attempt) FROM recipients WHERE state <= 1");
    if (!row.step() || row.is_null(0))
        return std::nullopt;
    return row.time(0);
}

std::int64_t SqliteReads::recipients_since(AccountId account, Time since) {
    auto row = database_.prepare(
        "SELECT count(*) FROM recipients WHERE submission IN "
        "(SELECT id FROM submissions WHERE account = ? AND created >= ?)");
    row.bind(account).bind(since);
    row.step();
    return row.integer(0);
}

std::vector<RecipientRecord> SqliteReads::unconfirmed(AccountId account) {
    return all_of(
        std::move(database_.prepare(joined<kRecipientColumns, kUnconfirmed>()).bind(account)),
        read_recipient);
}

std::vector<RecipientRecord> SqliteReads::unconfirmed_expired(Time now, std::int64_t limit) {
    return all_of(std::move(database_.prepare(joined<kRecipientColumns, kUnconfirmedExpired>())
                                .bind(now)
                                .bind(limit)),
                  read_recipient);
}

std::optional<SentStub> SqliteReads::sent_stub(const Hash& hash) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT hash, account, stub_id, address, sent, outcome, reported "
                               "FROM sent_stubs WHERE hash = ?")
                      .bind(hash)),
        read_sent_stub);
}

std::vector<SentStub> SqliteReads::reported_stubs(AccountId account, Time since) {
    return all_of(
        std::move(database_
                      .prepare("SELECT hash, account, stub_id, address, sent, outcome, reported "
                               "FROM sent_stubs WHERE account = ? AND reported > 0 AND "
                               "reported >= ? ORDER BY reported DESC LIMIT 200")
                      .bind(account)
                      .bind(since)),
        read_sent_stub);
}

std::int64_t SqliteReads::people_written_to(AccountId account, Time since) {
    return at_most_one(std::move(database_
                                     .prepare("SELECT count(DISTINCT address) FROM sent_stubs "
                                              "WHERE account = ? AND sent >= ?")
                                     .bind(account)
                                     .bind(since)),
                       read_integer)
        .value_or(0);
}

}  // namespace kith
