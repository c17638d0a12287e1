// On whose word: introductions, vouches that were given, notes that wait to be posted.
#include "store/sqlite_writes.h"

namespace kith {

void SqliteWrites::put_introduction(AccountId account, const IntroductionRecord& introduction) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO introductions (account, subject, introducer, address, "
            "serial, until, used, device, received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(account)
        .bind(introduction.subject)
        .bind(introduction.introducer)
        .bind(introduction.address)
        .bind(introduction.serial)
        .bind(introduction.until)
        .bind(introduction.used)
        .bind(introduction.device)
        .bind(introduction.received)
        .run();
}

void SqliteWrites::remove_introduction(AccountId account,
                                       const Hash& subject,
                                       const Hash& introducer) {
    database()
        .prepare("DELETE FROM introductions WHERE account = ? AND subject = ? AND introducer = ?")
        .bind(account)
        .bind(subject)
        .bind(introducer)
        .run();
}

void SqliteWrites::put_issued_vouch(const IssuedVouchRecord& vouch) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO issued_vouches (serial, account, vouch, given) "
            "VALUES (?, ?, ?, ?)")
        .bind(vouch.serial)
        .bind(vouch.account)
        .bind(vouch.vouch)
        .bind(vouch.given)
        .run();
}

void SqliteWrites::queue_note(const QueuedNote& note) {
    database()
        .prepare(
            "INSERT INTO note_queue (domain, text, attempts, next_attempt, expires) "
            "VALUES (?, ?, ?, ?, ?)")
        .bind(note.domain)
        .bind(note.text)
        .bind(note.attempts)
        .bind(note.next_attempt)
        .bind(note.expires)
        .run();
}

void SqliteWrites::put_off_note(const QueuedNote& note) {
    database()
        .prepare("UPDATE note_queue SET attempts = ?, next_attempt = ? WHERE id = ?")
        .bind(note.attempts)
        .bind(note.next_attempt)
        .bind(note.id)
        .run();
}

void SqliteWrites::remove_note(std::int64_t id) {
    database().prepare("DELETE FROM note_queue WHERE id = ?").bind(id).run();
}

}  // namespace kith
