// Who: accounts, cards, contacts, tokens, sessions, peers.
#include "store/sqlite_writes.h"

namespace kith {
namespace {

struct DefaultMailbox {
    const char* name;
    const char* role;
};
constexpr std::int64_t kMostPastLedgers = 10'000;
constexpr DefaultMailbox kDefaultMailboxes[] = {{"Inbox", "inbox"},
                                                {"Requests", "requests"},
                                                {"Drafts", "drafts"},
                                                {"Sent", "sent"},
                                                {"Archive", "archive"},
                                                {"Junk", "junk"},
                                                {"Trash", "trash"}};

}  // namespace

Result<AccountId> SqliteWrites::add_account(const AccountRecord& record) {
    if (account(record.address))
        return fail(ErrorKind::conflict, "address", record.address + " is taken");
    database()
        .prepare(
            "INSERT INTO accounts (address, state, created, root, card, modseq, floor, used) "
            "VALUES (?, ?, ?, ?, ?, 1, 1, 0)")
        .bind(record.address)
        .bind(record.state)
        .bind(record.created)
        .bind(record.root)
        .bind(record.card)
        .run();
    const AccountId id = database().last_id();
    std::int64_t order = 0;
    for (const DefaultMailbox& mailbox : kDefaultMailboxes) {
        MailboxRecord made;
        made.name = mailbox.name;
        made.role = mailbox.role;
        made.sort_order = ++order;
        TRY(add_mailbox(id, made));
    }
    return id;
}

void SqliteWrites::set_account_state(AccountId id, AccountRecord::State state) {
    database().prepare("UPDATE accounts SET state = ? WHERE id = ?").bind(state).bind(id).run();
    if (state != AccountRecord::State::active)
        database().prepare("DELETE FROM sessions WHERE account = ?").bind(id).run();
}

void SqliteWrites::set_account_card(AccountId id, const Hash& card) {
    database().prepare("UPDATE accounts SET card = ? WHERE id = ?").bind(card).bind(id).run();
    note_change(id, ObjectType::card, "self", Change::made);
    note_change(id, ObjectType::device, "all", Change::made);
}

void SqliteWrites::remove_account(AccountId id) {
    auto& all = database();
    for (const char* lower :
         {"UPDATE blobs SET refs = refs - (SELECT count(*) FROM messages WHERE account = ?1 AND "
          "blob = hash AND blob_at = 1) - (SELECT count(*) FROM uploads WHERE account = ?1 AND "
          "uploads.hash = "
          "blobs.hash) - (SELECT count(*) FROM recipients WHERE account = ?1 AND blob = "
          "blobs.hash) WHERE hash IN (SELECT blob FROM messages WHERE account = ?1 UNION SELECT "
          "hash FROM uploads WHERE account = ?1 UNION SELECT blob FROM recipients WHERE account = "
          "?1)",
          "DELETE FROM messages WHERE account = ?1",
          "DELETE FROM uploads WHERE account = ?1",
          "DELETE FROM recipients WHERE account = ?1",
          "DELETE FROM submissions WHERE account = ?1",
          "DELETE FROM mailboxes WHERE account = ?1",
          "DELETE FROM grants WHERE account = ?1",
          "DELETE FROM introductions WHERE account = ?1",
          "DELETE FROM issued_vouches WHERE account = ?1",
          "DELETE FROM sent_stubs WHERE account = ?1",
          "DELETE FROM past_ledgers WHERE account = ?1",
          "DELETE FROM key_values WHERE key = 'requests-shown ' || ?1",
          "DELETE FROM shown_requests WHERE account = ?1",
          "DELETE FROM key_values WHERE key = 'requests-seed ' || ?1",
          "DELETE FROM key_values WHERE key GLOB 'hint-keys ' || ?1 || ' *'",
          "DELETE FROM key_values WHERE key IN ('alarms/' || ?1, 'alarm-quorum/' || ?1, "
          "'challenge-met/' || ?1, 'fan-out/' || ?1, 'threads-an-hour/' || ?1, 'written-to/' || "
          "?1)",
          "DELETE FROM blocked_domains WHERE account = ?1",
          "DELETE FROM tokens WHERE account = ?1",
          "DELETE FROM reply_tokens WHERE account = ?1",
          "DELETE FROM sessions WHERE account = ?1",
          "DELETE FROM links WHERE account = ?1",
          "DELETE FROM changes WHERE account = ?1",
          "DELETE FROM past_stubs WHERE account = ?1",
          "DELETE FROM accounts WHERE id = ?1"})
        all.prepare(lower).bind(id).run();
}

void SqliteWrites::add_invitation(const InvitationRecord& invitation) {
    database()
        .prepare("INSERT INTO invitations (code, address, created, expires) VALUES (?, ?, ?, ?)")
        .bind(invitation.code)
        .bind(invitation.address)
        .bind(invitation.created)
        .bind(invitation.expires)
        .run();
}

void SqliteWrites::remove_invitation(const Hash& code) {
    database().prepare("DELETE FROM invitations WHERE code = ?").bind(code).run();
}

void SqliteWrites::add_card(const CardRecord& card) {
    database()
        .prepare(
            "INSERT INTO cards (hash, root, address, serial, note, first_seen) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING")
        .bind(card.hash)
        .bind(card.root)
        .bind(card.address)
        .bind(card.serial)
        .bind(card.note)
        .bind(card.first_seen)
        .run();
}

void SqliteWrites::put_grant(AccountId account, const GrantRecord& grant) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO grants (account, root, address, name, level, verified, "
            "card, source, since, engaged, ledger) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(account)
        .bind(grant.root)
        .bind(grant.address)
        .bind(grant.name)
        .bind(grant.level)
        .bind(grant.verified)
        .bind(grant.card)
        .bind(grant.source)
        .bind(grant.since)
        .bind(grant.last_engaged)
        .bind(grant.ledger)
        .run();
    note_change(account, ObjectType::contact, grant.root.hex_text(), Change::made);
}

void SqliteWrites::remove_grant(AccountId account, const Hash& root) {
    for (const char* text : {"INSERT OR REPLACE INTO past_ledgers (account, root, ledger) SELECT "
                             "account, root, ledger FROM grants WHERE account = ? AND root = ?",
                             "DELETE FROM grants WHERE account = ? AND root = ?"})
        database().prepare(text).bind(account).bind(root).run();
    // Whoever adds and removes without end keeps no more than that.
    database()
        .prepare(
            "DELETE FROM past_ledgers WHERE account = ?1 AND root IN (SELECT root FROM "
            "past_ledgers WHERE account = ?1 ORDER BY removed = 0 DESC, removed DESC LIMIT -1 "
            "OFFSET ?2)")
        .bind(account)
        .bind(kMostPastLedgers)
        .run();
    put_value("hint-keys " + std::to_string(account) + " " + root.hex_text(), "");
    note_change(account, ObjectType::contact, root.hex_text(), Change::removed);
}

void SqliteWrites::put_past_ledger(AccountId account, const Hash& root, const std::string& ledger) {
    database()
        .prepare("UPDATE past_ledgers SET ledger = ? WHERE account = ? AND root = ?")
        .bind(ledger)
        .bind(account)
        .bind(root)
        .run();
}

void SqliteWrites::put_grant_ledger(AccountId account,
                                    const Hash& root,
                                    const std::string& ledger) {
    database()
        .prepare("UPDATE grants SET ledger = ? WHERE account = ? AND root = ?")
        .bind(ledger)
        .bind(account)
        .bind(root)
        .run();
}

void SqliteWrites::put_domain_credit(const std::string& domain, const std::string& credit) {
    database()
        .prepare("INSERT OR REPLACE INTO domain_credits (domain, credit) VALUES (?, ?)")
        .bind(domain)
        .bind(credit)
        .run();
}

void SqliteWrites::put_shown_requests(AccountId account, const std::string& shown) {
    database()
        .prepare("INSERT OR REPLACE INTO shown_requests (account, shown) VALUES (?, ?)")
        .bind(account)
        .bind(shown)
        .run();
}

void SqliteWrites::block_domain(AccountId account, const BlockedDomain& blocked) {
    database()
        .prepare(
            "INSERT INTO blocked_domains (account, domain, since) VALUES (?, ?, ?) "
            "ON CONFLICT (account, domain) DO NOTHING")
        .bind(account)
        .bind(blocked.domain)
        .bind(blocked.since)
        .run();
}

void SqliteWrites::unblock_domain(AccountId account, const std::string& domain) {
    database()
        .prepare("DELETE FROM blocked_domains WHERE account = ? AND domain = ?")
        .bind(account)
        .bind(domain)
        .run();
}

void SqliteWrites::put_token(AccountId account, const TokenRecord& token) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO tokens (account, id, kind, text, label, per_day, "
            "uses_left, bound_root, bound_address, window_day, window_used, used_total, "
            "created, expires, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(account)
        .bind(token.id)
        .bind(token.kind)
        .bind(token.text)
        .bind(token.label)
        .bind(token.per_day)
        .bind(token.uses_left)
        .bind(token.bound_root)
        .bind(token.bound_address)
        .bind(token.window_day)
        .bind(token.window_used)
        .bind(token.used_total)
        .bind(token.created)
        .bind(token.expires)
        .bind(token.standing)
        .run();
    note_change(account, ObjectType::token, token.id, Change::made);
}

void SqliteWrites::remove_token(AccountId account, const std::string& id) {
    database()
        .prepare("DELETE FROM tokens WHERE account = ? AND id = ?")
        .bind(account)
        .bind(id)
        .run();
    note_change(account, ObjectType::token, id, Change::removed);
}

void SqliteWrites::count_reply_token(AccountId account, const std::string& id, Time expires) {
    database()
        .prepare(
            "INSERT INTO reply_tokens (account, id, uses, expires) VALUES (?, ?, 1, ?) "
            "ON CONFLICT (account, id) DO UPDATE SET uses = uses + 1")
        .bind(account)
        .bind(id)
        .bind(expires)
        .run();
}

void SqliteWrites::put_peer(const PeerRecord& peer) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO peers (domain, record, secure, expires) VALUES (?, ?, ?, ?)")
        .bind(peer.domain)
        .bind(peer.record)
        .bind(peer.secure)
        .bind(peer.expires)
        .run();
}

void SqliteWrites::add_session(const SessionRecord& session) {
    database()
        .prepare(
            "INSERT INTO sessions (token, account, device, created, expires) VALUES (?, ?, ?, ?, "
            "?)")
        .bind(session.token)
        .bind(session.account)
        .bind(session.device)
        .bind(session.created)
        .bind(session.expires)
        .run();
}

void SqliteWrites::remove_sessions(AccountId account, const std::string& device) {
    database()
        .prepare("DELETE FROM sessions WHERE account = ? AND device = ?")
        .bind(account)
        .bind(device)
        .run();
}

void SqliteWrites::put_device_link(const DeviceLinkRecord& link) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO links (id, account, note, state, expires) VALUES (?, ?, ?, ?, "
            "?)")
        .bind(link.id)
        .bind(link.account)
        .bind(link.note)
        .bind(link.state)
        .bind(link.expires)
        .run();
}

}  // namespace kith
