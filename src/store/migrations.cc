#include "store/migrations.h"

namespace kith {
namespace {

// Step N brings version N to N+1. A released step is never changed.
constexpr const char* kSteps[] = {
    R"sql(
CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL UNIQUE, state INTEGER NOT NULL,
    created INTEGER NOT NULL, root BLOB NOT NULL, card BLOB NOT NULL, modseq INTEGER NOT NULL,
    floor INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE TABLE invitations (code BLOB PRIMARY KEY, address TEXT NOT NULL, created INTEGER NOT NULL,
    expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cards (seen INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, root BLOB NOT NULL,
    address TEXT NOT NULL, serial INTEGER NOT NULL, note TEXT NOT NULL, first_seen INTEGER NOT NULL);
CREATE INDEX cards_by_root ON cards (root, seen);
CREATE TABLE grants (account INTEGER NOT NULL, root BLOB NOT NULL, address TEXT NOT NULL,
    name TEXT NOT NULL, level INTEGER NOT NULL, verified INTEGER NOT NULL, card BLOB NOT NULL,
    source TEXT NOT NULL, since INTEGER NOT NULL, engaged INTEGER NOT NULL,
    PRIMARY KEY (account, root)) WITHOUT ROWID;
CREATE INDEX grants_by_root ON grants (root);
CREATE TABLE tokens (account INTEGER NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL,
    text TEXT NOT NULL, label TEXT NOT NULL, per_day INTEGER NOT NULL, uses_left INTEGER,
    bound_root BLOB, bound_address TEXT NOT NULL, window_day INTEGER NOT NULL,
    window_used INTEGER NOT NULL, used_total INTEGER NOT NULL, created INTEGER NOT NULL,
    expires INTEGER, standing INTEGER NOT NULL, PRIMARY KEY (account, id)) WITHOUT ROWID;
CREATE TABLE reply_tokens (account INTEGER NOT NULL, id TEXT NOT NULL, uses INTEGER NOT NULL,
    expires INTEGER NOT NULL, PRIMARY KEY (account, id)) WITHOUT ROWID;
CREATE TABLE mailboxes (id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, name TEXT NOT NULL,
    role TEXT NOT NULL, parent INTEGER, sort_order INTEGER NOT NULL, uid_validity INTEGER NOT NULL,
    uid_next INTEGER NOT NULL, created_modseq INTEGER NOT NULL, modseq INTEGER NOT NULL,
    UNIQUE (account, parent, name));
CREATE TABLE messages (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, mailbox INTEGER NOT NULL,
    uid INTEGER NOT NULL, thread INTEGER NOT NULL, stub_id TEXT NOT NULL, sender TEXT NOT NULL,
    from_root BLOB NOT NULL, recipients TEXT NOT NULL, sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL, size INTEGER NOT NULL, blob BLOB NOT NULL, blob_at INTEGER NOT NULL,
    keys TEXT NOT NULL, preview BLOB NOT NULL, stub TEXT NOT NULL, sender_card BLOB NOT NULL,
    tier INTEGER NOT NULL, decision TEXT NOT NULL, reply_token TEXT NOT NULL, answers TEXT NOT NULL,
    keywords TEXT NOT NULL, state INTEGER NOT NULL, expires INTEGER, created_modseq INTEGER NOT NULL,
    modseq INTEGER NOT NULL);
CREATE UNIQUE INDEX messages_by_stub ON messages (account, stub_id, from_root);
CREATE INDEX messages_by_mailbox ON messages (account, mailbox, received_at);
CREATE INDEX messages_by_modseq ON messages (account, modseq);
CREATE INDEX messages_by_thread ON messages (account, thread) WHERE thread != id;
CREATE INDEX messages_by_blob ON messages (account, blob);
CREATE INDEX messages_by_expiry ON messages (expires) WHERE expires IS NOT NULL;
CREATE TABLE past_stubs (account INTEGER NOT NULL, stub_id TEXT NOT NULL, from_root BLOB NOT NULL,
    hash BLOB NOT NULL, was_held INTEGER NOT NULL, expires INTEGER NOT NULL,
    PRIMARY KEY (account, stub_id, from_root)) WITHOUT ROWID;
CREATE INDEX past_stubs_by_expiry ON past_stubs (expires);
CREATE TABLE changes (account INTEGER NOT NULL, type INTEGER NOT NULL, id TEXT NOT NULL,
    created INTEGER NOT NULL, modseq INTEGER NOT NULL, destroyed INTEGER NOT NULL,
    PRIMARY KEY (account, type, id)) WITHOUT ROWID;
CREATE INDEX changes_by_modseq ON changes (account, type, modseq);
CREATE TABLE submissions (id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, message INTEGER NOT NULL,
    created INTEGER NOT NULL, modseq INTEGER NOT NULL);
CREATE INDEX submissions_by_account ON submissions (account, created);
CREATE TABLE recipients (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, submission INTEGER NOT NULL,
    address TEXT NOT NULL, domain TEXT NOT NULL, stub TEXT NOT NULL, blob BLOB NOT NULL,
    token TEXT NOT NULL, stamp TEXT NOT NULL, copy INTEGER NOT NULL, state INTEGER NOT NULL,
    answer TEXT NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,
    expires INTEGER NOT NULL, updated INTEGER NOT NULL);
CREATE INDEX recipients_by_submission ON recipients (submission);
CREATE INDEX recipients_due ON recipients (next_attempt) WHERE state <= 1;
CREATE INDEX recipients_due_of_domain ON recipients (domain, next_attempt) WHERE state <= 1;
CREATE INDEX recipients_by_blob ON recipients (blob);
CREATE TABLE blobs (hash BLOB PRIMARY KEY, size INTEGER NOT NULL, segment INTEGER NOT NULL,
    at INTEGER NOT NULL, refs INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE uploads (account INTEGER NOT NULL, hash BLOB NOT NULL, expires INTEGER NOT NULL,
    PRIMARY KEY (account, hash)) WITHOUT ROWID;
CREATE TABLE peers (domain TEXT PRIMARY KEY, record TEXT NOT NULL, secure INTEGER NOT NULL,
    expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (token BLOB PRIMARY KEY, account INTEGER NOT NULL, device TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE links (id TEXT PRIMARY KEY, account INTEGER NOT NULL, note TEXT NOT NULL,
    state TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE key_values (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (key TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (key, day)) WITHOUT ROWID;
)sql",
    // Ledgers, and what they are kept by.
    R"sql(
ALTER TABLE grants ADD COLUMN ledger TEXT NOT NULL DEFAULT '';
CREATE INDEX grants_by_address ON grants (account, address);
ALTER TABLE messages ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
CREATE TABLE domain_credits (domain TEXT PRIMARY KEY, credit TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shown_requests (account INTEGER PRIMARY KEY, shown TEXT NOT NULL);
CREATE TABLE blocked_domains (account INTEGER NOT NULL, domain TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (account, domain)) WITHOUT ROWID;
)sql",
    // The directory log of this domain, and what is known of others'.
    R"sql(
CREATE TABLE log_entries (at INTEGER PRIMARY KEY, entry BLOB NOT NULL, card BLOB);
CREATE INDEX log_entries_by_card ON log_entries (card);
CREATE TABLE log_tiles (level INTEGER NOT NULL, at INTEGER NOT NULL, hashes BLOB NOT NULL,
    PRIMARY KEY (level, at));
CREATE TABLE known_logs (domain TEXT PRIMARY KEY, checkpoint TEXT NOT NULL, cosigned TEXT NOT NULL,
    evidence TEXT NOT NULL, updated INTEGER NOT NULL);
CREATE TABLE proven_cards (card BLOB PRIMARY KEY) WITHOUT ROWID;
)sql",
    // Which thread a removed message was in: Thread/changes tells of it.
    "ALTER TABLE changes ADD COLUMN thread INTEGER",
    // On whose word: introductions, vouches that were given, notes on their way to other servers.
    R"sql(
ALTER TABLE recipients ADD COLUMN introduction TEXT NOT NULL DEFAULT '';
CREATE TABLE introductions (account INTEGER NOT NULL, subject BLOB NOT NULL, introducer BLOB NOT NULL,
    address TEXT NOT NULL, serial TEXT NOT NULL, until INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY (account, subject, introducer)) WITHOUT ROWID;
CREATE TABLE issued_vouches (serial TEXT PRIMARY KEY, account INTEGER NOT NULL, vouch TEXT NOT NULL,
    given INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX issued_vouches_by_account ON issued_vouches (account);
CREATE TABLE note_queue (id INTEGER PRIMARY KEY, domain TEXT NOT NULL, text TEXT NOT NULL,
    attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE INDEX note_queue_due ON note_queue (next_attempt);
)sql",
    // Stamps that are raised, ledgers of contacts who were removed, and what nobody is called for.
    R"sql(
ALTER TABLE past_stubs ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE past_stubs ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recipients ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE recipients SET held = 1 WHERE state = 3;
ALTER TABLE changes ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
CREATE TABLE past_ledgers (account INTEGER NOT NULL, root BLOB NOT NULL, ledger TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, root)) WITHOUT ROWID;
)sql",
    // What somebody sent, and what came on whose word: for the day when it turns out to be a
    // thief's.
    R"sql(
CREATE INDEX messages_by_sender ON messages (from_root, received_at) WHERE tier != 3;
ALTER TABLE messages ADD COLUMN word BLOB;
CREATE INDEX messages_by_word ON messages (word, received_at) WHERE word IS NOT NULL;
ALTER TABLE introductions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE introductions ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
CREATE INDEX introductions_by_introducer ON introductions (introducer, received);
)sql",
    // What an account sent, by the hash of the stub: what is said of it is heard for 60 days,
    // whether or not its sender has taken the submission from the list. And what waits to be
    // confirmed.
    R"sql(
CREATE TABLE sent_stubs (hash BLOB PRIMARY KEY, account INTEGER NOT NULL, stub_id TEXT NOT NULL,
    address TEXT NOT NULL, sent INTEGER NOT NULL, outcome INTEGER NOT NULL,
    reported INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sent_stubs_by_account ON sent_stubs (account, sent, address);
CREATE INDEX sent_stubs_by_report ON sent_stubs (account, reported) WHERE reported > 0;
CREATE INDEX recipients_unconfirmed ON recipients (account, expires) WHERE state = 7;
)sql",
};

}  // namespace

Result<void> migrate(sqlite::Database& database) {
    std::int64_t version = 0;
    {
        auto ask = database.prepare("PRAGMA user_version");
        if (ask.step())
            version = ask.integer(0);
    }
    constexpr auto kNewest = static_cast<std::int64_t>(std::size(kSteps));
    if (version > kNewest)
        return fail(
            ErrorKind::malformed,
            "store",
            "was made by a newer version (" + std::to_string(version) + "): install that one");
    for (; version < kNewest; ++version) {
        const std::string next = std::to_string(version + 1);
        database.execute(("BEGIN IMMEDIATE;" + std::string(kSteps[version]) +
                          ";PRAGMA user_version = " + next + ";COMMIT;")
                             .c_str());
    }
    return {};
}

}  // namespace kith
