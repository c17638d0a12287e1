// Mailboxes, messages, and their bodies.
#include "note/stub.h"
#include "store/sqlite_writes.h"

namespace kith {

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
    note_gone(account, ObjectType::mailbox, {.id = mailbox, .created = created, .thread = {}});
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
            "sender_card, tier, decision, reply_token, answers, keywords, state, expires, quiet, "
            "outcome, shown, word, created_modseq, modseq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
        .bind(message.notice)
        .bind(message.outcome)
        .bind(message.shown)
        .bind(message.word)
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
            "blob_at = ?, tier = ?, decision = ?, expires = ?, outcome = ?, shown = ?, modseq = ? "
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
        .bind(message.outcome)
        .bind(message.shown)
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

void SqliteWrites::remember_stub(AccountId account,
                                 const Hash& from_root,
                                 const std::string& stub_id,
                                 const PastStub& stub,
                                 Time until) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO past_stubs (account, stub_id, from_root, hash, was_held, "
            "expires, kept, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(account)
        .bind(stub_id)
        .bind(from_root)
        .bind(stub.hash)
        .bind(stub.was)
        .bind(until)
        .bind(stub.kept)
        .bind(stub.shown)
        .run();
}

void SqliteWrites::remember_message(AccountId account, const MessageRecord& message) {
    if (message.tier == MessageTier::own)
        return;
    if (message.stub.empty()) {  // by SMTP: until its server has given up trying
        const PastStub past{.hash = message.blob};
        remember_stub(account,
                      message.from_root,
                      message.stub_id,
                      past,
                      message.received_at + std::chrono::days(7));
        return;
    }
    const auto note = SignedNote::parse(message.stub);
    const auto stub = note ? parse_stub(*note) : Result<Stub>(note.error());
    if (!stub)
        return;
    const bool delivered = message.state == MessageState::delivered;
    // Whatever is gone will have no day any more: told like those that had it.
    const std::int64_t day = message.received_at.time_since_epoch() / std::chrono::days{1};
    const PastStub past{.hash = note->hash(),
                        .was = delivered ? PastStub::Was::delivered : PastStub::Was::held,
                        .kept = message.expires.value_or(stub->expires),
                        .shown = message.shown != 0 ? message.shown : day};
    // What its sender was told stays what it was.
    if (!past_stub(account, message.from_root, message.stub_id))
        remember_stub(account, message.from_root, message.stub_id, past, stub->expires);
}

Result<void> SqliteWrites::remove_message(AccountId account, MessageId id) {
    const auto before = drop_message(account, id);
    if (!before)
        return fail(ErrorKind::not_found, "message");
    remember_message(account, *before);
    return {};
}

std::optional<MessageRecord> SqliteWrites::drop_message(AccountId account, MessageId id) {
    auto before = message(account, id);
    if (!before)
        return std::nullopt;
    database()
        .prepare("DELETE FROM messages WHERE account = ? AND id = ?")
        .bind(account)
        .bind(id)
        .run();
    if (before->blob_at == MessageRecord::Blob::here) {
        refer(before->blob, -1);
        next_modseq(account, -static_cast<std::int64_t>(before->size));
    }
    note_gone(account,
              ObjectType::email,
              {.id = id,
               .created = before->created_modseq,
               .thread = before->thread,
               .notice = before->notice});
    touch_mailbox(account, before->mailbox);
    return before;
}

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

}  // namespace kith
