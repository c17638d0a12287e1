// What every change moves along: modseq, ids, references; values and counters.
#include "store/sqlite_writes.h"

#include "base/text.h"

namespace kith {
namespace {

constexpr char kMessageIds[] = "message-ids";  ///< of `key_values`: ids below are taken

std::int64_t number_in(const std::string& text) {
    return static_cast<std::int64_t>(parse_decimal(text, INT64_MAX).value_or(0));
}

}  // namespace

ModSeq SqliteWrites::next_modseq(AccountId account, std::int64_t used) {
    const auto moved = moved_.find(account);
    if (moved != moved_.end()) {
        if (used != 0)
            database()
                .prepare("UPDATE accounts SET used = used + ? WHERE id = ?")
                .bind(used)
                .bind(account)
                .run();
        return moved->second;
    }
    auto row = database().prepare(
        "UPDATE accounts SET modseq = modseq + 1, used = used + ? WHERE id = ? RETURNING modseq");
    row.bind(used).bind(account);
    const ModSeq now = row.step() ? row.integer(0) : 0;
    row.run();
    return moved_[account] = now;
}

// Never one that a removed message had: programs remember ids. They are set aside by the thousand,
// so that a message costs no row of its own for that.
MessageId SqliteWrites::next_message_id() {
    constexpr MessageId kSetAside = 1'000;
    if (next_id_ == 0)
        next_id_ = ids_end_ = number_in(value(kMessageIds).value_or("1"));
    if (next_id_ == ids_end_) {
        ids_end_ += kSetAside;
        put_value(kMessageIds, std::to_string(ids_end_));
    }
    return next_id_++;
}

void SqliteWrites::note_change(AccountId account,
                               ObjectType type,
                               const std::string& id,
                               Change change) {
    const ModSeq now = next_modseq(account);
    database()
        .prepare(
            "INSERT INTO changes (account, type, id, created, modseq, destroyed) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, type, id) DO UPDATE SET "
            "created = CASE WHEN destroyed THEN excluded.created ELSE created END, "
            "modseq = excluded.modseq, destroyed = excluded.destroyed")
        .bind(account)
        .bind(type)
        .bind(id)
        .bind(now)
        .bind(now)
        .bind(change == Change::removed ? 1 : 0)
        .run();
}

// Emails and mailboxes carry their own modseq; only what is gone needs a row.
void SqliteWrites::note_gone(AccountId account, ObjectType type, const Gone& gone) {
    database()
        .prepare(
            "INSERT INTO changes (account, type, id, created, modseq, destroyed, thread, quiet) "
            "VALUES (?, ?, ?, ?, ?, 1, ?, ?)")
        .bind(account)
        .bind(type)
        .bind(std::string_view(std::to_string(gone.id)))
        .bind(gone.created)
        .bind(next_modseq(account))
        .bind(gone.thread)
        .bind(gone.notice)
        .run();
}

void SqliteWrites::touch_mailbox(AccountId account, MailboxId mailbox) {
    database()
        .prepare("UPDATE mailboxes SET modseq = ? WHERE account = ? AND id = ?")
        .bind(next_modseq(account))
        .bind(account)
        .bind(mailbox)
        .run();
}

void SqliteWrites::touch(AccountId account, ObjectType type, const std::string& id) {
    if (type == ObjectType::mailbox)
        touch_mailbox(account, number_in(id));
    else
        note_change(account, type, id, Change::made);
}

void SqliteWrites::refer(const Hash& blob, std::int64_t by) {
    if (const auto fresh = fresh_.find(blob); fresh != fresh_.end()) {
        const FreshBlob place = fresh->second;
        fresh_.erase(fresh);
        insert_blob(blob, place, by);
        return;
    }
    database().prepare("UPDATE blobs SET refs = refs + ? WHERE hash = ?").bind(by).bind(blob).run();
}

void SqliteWrites::insert_blob(const Hash& hash, const FreshBlob& fresh, std::int64_t refs) {
    database()
        .prepare(
            "INSERT INTO blobs (hash, size, segment, at, refs, created) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(hash)
        .bind(fresh.place.size)
        .bind(fresh.place.segment)
        .bind(fresh.place.offset)
        .bind(refs)
        .bind(fresh.created)
        .run();
}

void SqliteWrites::begin() {
    moved_.clear();
    fresh_.clear();
}

void SqliteWrites::finish() {
    for (const auto& [hash, fresh] : fresh_)
        insert_blob(hash, fresh, 0);
    fresh_.clear();
}

void SqliteWrites::forget() {
    begin();
    next_id_ = ids_end_ = 0;
}

// A page that was rolled back is what it was, and dirty all the same: it goes into the log.
Result<void> SqliteWrites::attempt(Keep keep, const Attempt& attempt) {
    const auto moved = moved_;
    const auto fresh = fresh_;
    const auto next_id = next_id_;
    const auto ids_end = ids_end_;
    database().prepare("SAVEPOINT attempt").run();
    auto done = attempt();
    if (!done || keep == Keep::no) {
        database().prepare("ROLLBACK TO attempt").run();
        moved_ = moved;
        fresh_ = fresh;
        next_id_ = next_id;
        ids_end_ = ids_end;
    }
    database().prepare("RELEASE attempt").run();
    return done;
}

std::optional<BlobPlace> SqliteWrites::blob(const Hash& hash) {
    if (const auto fresh = fresh_.find(hash); fresh != fresh_.end())
        return fresh->second.place;
    return SqliteReads::blob(hash);
}

void SqliteWrites::put_value(const std::string& key, const std::string& value) {
    database()
        .prepare("INSERT OR REPLACE INTO key_values (key, value) VALUES (?, ?)")
        .bind(key)
        .bind(value)
        .run();
}

std::int64_t SqliteWrites::count(const std::string& key, std::int64_t day, std::int64_t by) {
    auto row = database().prepare(
        "INSERT INTO counters (key, day, count) VALUES (?, ?, ?) "
        "ON CONFLICT (key, day) DO UPDATE SET count = count + excluded.count RETURNING count");
    row.bind(key).bind(day).bind(by);
    const std::int64_t now = row.step() ? row.integer(0) : 0;
    row.run();
    return now;
}

}  // namespace kith
