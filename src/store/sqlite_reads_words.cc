// On whose word: introductions, vouches that were given, notes that wait to be posted.
#include "store/sqlite_reads.h"
#include "store/sqlite_rows.h"

namespace kith {
namespace {

using sqlite::Statement;

IntroductionRecord read_introduction(Statement& row) {
    return {row.hash(0),
            row.hash(1),
            row.text(2),
            row.text(3),
            row.time(4),
            enum_of<IntroductionRecord::Used>(row.integer(5)),
            row.text(6),
            row.time(7)};
}

std::pair<AccountId, IntroductionRecord> read_introduction_of_account(Statement& row) {
    return {row.integer(8), read_introduction(row)};
}

IssuedVouchRecord read_issued_vouch(Statement& row) {
    return {row.text(0), row.integer(1), row.text(2), row.time(3)};
}

QueuedNote read_queued_note(Statement& row) {
    return {row.integer(0), row.text(1), row.text(2), row.integer(3), row.time(4), row.time(5)};
}

}  // namespace

std::vector<IntroductionRecord> SqliteReads::introductions(AccountId account, const Hash& subject) {
    return all_of(
        std::move(
            database_
                .prepare("SELECT subject, introducer, address, serial, until, used, "
                         "device, received FROM introductions WHERE account = ? AND subject = ? "
                         "ORDER BY used DESC, until DESC")
                .bind(account)
                .bind(subject)),
        read_introduction);
}

std::int64_t SqliteReads::introductions_by(AccountId account, const Hash& introducer, Time now) {
    return at_most_one(
               std::move(database_
                             .prepare("SELECT count(*) FROM introductions WHERE account = ? AND "
                                      "introducer = ? AND until > ?")
                             .bind(account)
                             .bind(introducer)
                             .bind(now)),
               read_integer)
        .value_or(0);
}

std::vector<std::pair<AccountId, IntroductionRecord>> SqliteReads::introductions_since(
    const Hash& introducer, Time since) {
    return all_of(
        std::move(database_
                      .prepare("SELECT subject, introducer, address, serial, until, used, "
                               "device, received, account FROM introductions "
                               "WHERE introducer = ? AND received >= ? ORDER BY account")
                      .bind(introducer)
                      .bind(since)),
        read_introduction_of_account);
}

std::optional<IssuedVouchRecord> SqliteReads::issued_vouch(const std::string& serial) {
    return at_most_one(
        std::move(
            database_
                .prepare(
                    "SELECT serial, account, vouch, given FROM issued_vouches WHERE serial = ?")
                .bind(serial)),
        read_issued_vouch);
}

std::vector<IssuedVouchRecord> SqliteReads::issued_vouches(AccountId account, Time since) {
    return all_of(std::move(database_
                                .prepare("SELECT serial, account, vouch, given FROM issued_vouches "
                                         "WHERE account = ? AND given >= ?")
                                .bind(account)
                                .bind(since)),
                  read_issued_vouch);
}

std::vector<QueuedNote> SqliteReads::due_notes(Time now, std::int64_t limit) {
    return all_of(
        std::move(
            database_
                .prepare("SELECT id, domain, text, attempts, next_attempt, expires FROM note_queue "
                         "WHERE next_attempt <= ? ORDER BY next_attempt LIMIT ?")
                .bind(now)
                .bind(limit)),
        read_queued_note);
}

}  // namespace kith
