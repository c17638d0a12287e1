#include "store/sqlite_writes.h"

#include "base/text.h"
#include "note/stub.h"

namespace kith {
namespace {

constexpr char kMessageIds[] = "message-ids";  ///< of `key_values`: ids below are taken

struct DefaultMailbox {
    const char* name;
    const char* role;
};
constexpr DefaultMailbox kDefaultMailboxes[] = {{"Inbox", "inbox"},
                                                {"Requests", "requests"},
                                                {"Drafts", "drafts"},
                                                {"Sent", "sent"},
                                                {"Archive", "archive"},
                                                {"Junk", "junk"},
                                                {"Trash", "trash"}};

std::int64_t number_in(const std::string& text) {
    return static_cast<std::int64_t>(parse_decimal(text, INT64_MAX).value_or(0));
}

}  // namespace

// --- modseq, changes, references ---------------------------------------------------------------

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
void SqliteWrites::note_gone(AccountId account, ObjectType type, std::int64_t id, ModSeq created) {
    database()
        .prepare(
            "INSERT INTO changes (account, type, id, created, modseq, destroyed) "
            "VALUES (?, ?, ?, ?, ?, 1)")
        .bind(account)
        .bind(type)
        .bind(std::string_view(std::to_string(id)))
        .bind(created)
        .bind(next_modseq(account))
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

std::optional<BlobPlace> SqliteWrites::blob(const Hash& hash) {
    if (const auto fresh = fresh_.find(hash); fresh != fresh_.end())
        return fresh->second.place;
    return SqliteReads::blob(hash);
}

// --- accounts ------------------------------------------------------------------------------------

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

// --- contacts and tokens

void SqliteWrites::put_grant(AccountId account, const GrantRecord& grant) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO grants (account, root, address, name, level, verified, "
            "card, source, since, engaged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
        .run();
    note_change(account, ObjectType::contact, grant.root.hex_text(), Change::made);
}

void SqliteWrites::remove_grant(AccountId account, const Hash& root) {
    database()
        .prepare("DELETE FROM grants WHERE account = ? AND root = ?")
        .bind(account)
        .bind(root)
        .run();
    note_change(account, ObjectType::contact, root.hex_text(), Change::removed);
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

// --- mailboxes and messages

Result<MailboxId> SqliteWrites::add_mailbox(AccountId account, const MailboxRecord& mailbox) {
    for (const MailboxRecord& other : mailboxes(account))
        if (other.parent == mailbox.parent && other.name == mailbox.name)
            return fail(ErrorKind::conflict, "name", mailbox.name + " is there already");
    const ModSeq now = next_modseq(account);
    database()
        .prepare(
            "INSERT INTO mailboxes (account, name, role, parent, sort_order, uid_validity, "
            "uid_next, created_modseq, modseq) VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?)")
        .bind(account)
        .bind(mailbox.name)
        .bind(mailbox.role)
        .bind(mailbox.parent)
        .bind(mailbox.sort_order)
        .bind(now)
        .bind(now)
        .run();
    return database().last_id();
}

void SqliteWrites::update_mailbox(AccountId account, const MailboxRecord& mailbox) {
    database()
        .prepare(
            "UPDATE mailboxes SET name = ?, role = ?, parent = ?, sort_order = ?, modseq = ? "
            "WHERE account = ? AND id = ?")
        .bind(mailbox.name)
        .bind(mailbox.role)
        .bind(mailbox.parent)
        .bind(mailbox.sort_order)
        .bind(next_modseq(account))
        .bind(account)
        .bind(mailbox.id)
        .run();
}

Result<void> SqliteWrites::remove_mailbox(AccountId account, MailboxId mailbox) {
    if (mailbox_counts(account, mailbox).total > 0)
        return fail(ErrorKind::conflict, "mailbox", "has messages in it");
    ModSeq created = 0;
    {
        auto gone = database().prepare(
            "DELETE FROM mailboxes WHERE account = ? AND id = ? RETURNING created_modseq");
        gone.bind(account).bind(mailbox);
        if (!gone.step())
            return fail(ErrorKind::not_found, "mailbox");
        created = gone.integer(0);
        gone.run();
    }
    note_gone(account, ObjectType::mailbox, mailbox, created);
    return {};
}

// The mailbox's counts change with it: its modseq moves.
std::int64_t SqliteWrites::take_uid(AccountId account, MailboxId mailbox) {
    auto row = database().prepare(
        "UPDATE mailboxes SET uid_next = uid_next + 1, modseq = ? WHERE id = ? "
        "RETURNING uid_next - 1");
    row.bind(next_modseq(account)).bind(mailbox);
    const std::int64_t uid = row.step() ? row.integer(0) : 0;
    row.run();
    return uid;
}

Result<WriteTransaction::Inserted> SqliteWrites::add_message(AccountId account,
                                                             MessageRecord message) {
    {
        auto known = database().prepare(
            "SELECT id FROM messages WHERE account = ? AND stub_id = ? AND from_root = ?");
        known.bind(account).bind(message.stub_id).bind(message.from_root);
        if (known.step())
            return Inserted{known.integer(0), Inserted::Was::there_already};
    }
    if (message.thread == 0 && !message.answers.empty()) {
        auto answered = database().prepare(
            "SELECT thread FROM messages WHERE account = ? AND stub_id = ? LIMIT 1");
        answered.bind(account).bind(message.answers);
        if (answered.step())
            message.thread = answered.integer(0);
    }
    const bool here = message.blob_at == MessageRecord::Blob::here;
    const ModSeq now = next_modseq(account, here ? static_cast<std::int64_t>(message.size) : 0);
    const MessageId id = next_message_id();
    database()
        .prepare(
            "INSERT INTO messages (id, account, mailbox, uid, thread, stub_id, sender, from_root, "
            "recipients, sent_at, received_at, size, blob, blob_at, keys, preview, stub, "
            "sender_card, tier, decision, reply_token, answers, keywords, state, expires, "
            "created_modseq, modseq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(id)
        .bind(account)
        .bind(message.mailbox)
        .bind(take_uid(account, message.mailbox))
        .bind(message.thread == 0 ? id : message.thread)
        .bind(message.stub_id)
        .bind(message.from)
        .bind(message.from_root)
        .bind(message.to)
        .bind(message.sent_at)
        .bind(message.received_at)
        .bind(message.size)
        .bind(message.blob)
        .bind(message.blob_at)
        .bind(message.keys)
        .bind_blob(message.preview)
        .bind(message.stub)
        .bind(message.sender_card)
        .bind(message.tier)
        .bind(message.decision)
        .bind(message.reply_token)
        .bind(message.answers)
        .bind(message.keywords)
        .bind(message.state)
        .bind(message.expires)
        .bind(now)
        .bind(now)
        .run();
    if (here)
        refer(message.blob, 1);
    return Inserted{id, Inserted::Was::fresh};
}

Result<void> SqliteWrites::update_message(AccountId account, const MessageRecord& message) {
    const auto before = this->message(account, message.id);
    if (!before)
        return fail(ErrorKind::not_found, "message");
    const std::int64_t uid =
        before->mailbox == message.mailbox ? before->uid : take_uid(account, message.mailbox);
    database()
        .prepare(
            "UPDATE messages SET mailbox = ?, uid = ?, keywords = ?, keys = ?, state = ?, "
            "blob_at = ?, tier = ?, decision = ?, expires = ?, modseq = ? "
            "WHERE account = ? AND id = ?")
        .bind(message.mailbox)
        .bind(uid)
        .bind(message.keywords)
        .bind(message.keys)
        .bind(message.state)
        .bind(message.blob_at)
        .bind(message.tier)
        .bind(message.decision)
        .bind(message.expires)
        .bind(next_modseq(account))
        .bind(account)
        .bind(message.id)
        .run();
    if (before->blob_at != message.blob_at) {
        const bool came = message.blob_at == MessageRecord::Blob::here;
        refer(message.blob, came ? 1 : -1);
        const auto size = static_cast<std::int64_t>(message.size);
        next_modseq(account, came ? size : -size);
    }
    if (before->mailbox != message.mailbox || before->keywords != message.keywords)
        for (const MailboxId mailbox : {before->mailbox, message.mailbox})
            touch_mailbox(account, mailbox);
    return {};
}

void SqliteWrites::remember_stub(AccountId account, const MessageRecord& message) {
    if (message.tier == MessageTier::own || message.stub.empty())
        return;
    const auto note = SignedNote::parse(message.stub);
    const auto stub = note ? parse_stub(*note) : Result<Stub>(note.error());
    if (!stub)
        return;
    const Hash hash = note->hash();
    const bool delivered = message.state == MessageState::delivered;
    database()
        .prepare(
            "INSERT OR REPLACE INTO past_stubs (account, stub_id, from_root, hash, was_held, "
            "expires) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(account)
        .bind(message.stub_id)
        .bind(message.from_root)
        .bind(hash)
        .bind(delivered ? PastStub::Was::delivered : PastStub::Was::held)
        .bind(stub->expires)
        .run();
}

Result<void> SqliteWrites::remove_message(AccountId account, MessageId id) {
    const auto before = message(account, id);
    if (!before)
        return fail(ErrorKind::not_found, "message");
    database()
        .prepare("DELETE FROM messages WHERE account = ? AND id = ?")
        .bind(account)
        .bind(id)
        .run();
    if (before->blob_at == MessageRecord::Blob::here) {
        refer(before->blob, -1);
        next_modseq(account, -static_cast<std::int64_t>(before->size));
    }
    remember_stub(account, *before);
    note_gone(account, ObjectType::email, id, before->created_modseq);
    touch_mailbox(account, before->mailbox);
    return {};
}

// --- the outgoing queue

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
                "token, stamp, copy, state, answer, attempts, next_attempt, expires, updated) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
            "attempts = ?, next_attempt = ?, updated = ? WHERE id = ?")
        .bind(recipient.stub)
        .bind(recipient.token)
        .bind(recipient.stamp)
        .bind(recipient.state)
        .bind(recipient.answer)
        .bind(recipient.attempts)
        .bind(recipient.next_attempt)
        .bind(recipient.updated)
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

// --- blobs

void SqliteWrites::add_small_blob(const Hash& hash, ByteView octets, Time now) {
    KITH_CHECK(octets.size() <= kMaxSmallBlob);
    if (!blob(hash))
        fresh_[hash] = {segments_.append(hash, octets), now};
}

void SqliteWrites::add_large_blob(const Hash& hash, std::uint64_t size, Time now) {
    database()
        .prepare(
            "INSERT INTO blobs (hash, size, segment, at, refs, created) VALUES (?, ?, 0, 0, 0, ?) "
            "ON CONFLICT (hash) DO UPDATE SET created = excluded.created")
        .bind(hash)
        .bind(size)
        .bind(now)
        .run();
}

void SqliteWrites::keep_upload(AccountId account, const Hash& hash, Time until) {
    database()
        .prepare(
            "INSERT INTO uploads (account, hash, expires) VALUES (?, ?, ?) "
            "ON CONFLICT (account, hash) DO NOTHING")
        .bind(account)
        .bind(hash)
        .bind(until)
        .run();
    if (database().changed() > 0)
        refer(hash, 1);
    else
        database()
            .prepare("UPDATE uploads SET expires = max(expires, ?) WHERE account = ? AND hash = ?")
            .bind(until)
            .bind(account)
            .bind(hash)
            .run();
}

// --- the rest

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
