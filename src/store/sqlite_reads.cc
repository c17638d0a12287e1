#include "store/sqlite_reads.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

using sqlite::Statement;

template <class E>
E as(std::int64_t value) {
    return static_cast<E>(value);
}

template <class T>
std::optional<T> at_most_one(Statement&& rows, T (*read)(Statement&)) {
    if (!rows.step())
        return std::nullopt;
    return read(rows);
}

template <class T>
std::vector<T> all_of(Statement&& rows, T (*read)(Statement&)) {
    std::vector<T> out;
    while (rows.step())
        out.push_back(read(rows));
    return out;
}

std::int64_t read_integer(Statement& row) {
    return row.integer(0);
}

AccountRecord read_account(Statement& row) {
    AccountRecord out;
    out.id = row.integer(0);
    out.address = row.text(1);
    out.state = as<AccountRecord::State>(row.integer(2));
    out.created = row.time(3);
    out.root = row.hash(4);
    out.card = row.hash(5);
    out.modseq = row.integer(6);
    out.used_octets = static_cast<std::uint64_t>(row.integer(7));
    return out;
}

CardRecord read_card_record(Statement& row) {
    return {row.hash(0), row.hash(1), row.text(2), row.integer(3), row.text(4), row.time(5)};
}

GrantRecord read_grant(Statement& row) {
    return {row.hash(0),
            row.text(1),
            row.text(2),
            as<GrantRecord::Level>(row.integer(3)),
            as<GrantRecord::Verified>(row.integer(4)),
            row.hash(5),
            row.text(6),
            row.time(7),
            row.time(8)};
}

TokenRecord read_token(Statement& row) {
    TokenRecord out;
    out.id = row.text(0);
    out.kind = as<TokenRecord::Kind>(row.integer(1));
    out.text = row.text(2);
    out.label = row.text(3);
    out.per_day = row.integer(4);
    if (!row.is_null(5))
        out.uses_left = row.integer(5);
    if (!row.is_null(6))
        out.bound_root = row.hash(6);
    out.bound_address = row.text(7);
    out.window_day = row.integer(8);
    out.window_used = row.integer(9);
    out.used_total = row.integer(10);
    out.created = row.time(11);
    if (!row.is_null(12))
        out.expires = row.time(12);
    out.standing = as<TokenRecord::Standing>(row.integer(13));
    return out;
}

MailboxRecord read_mailbox(Statement& row) {
    MailboxRecord out{row.integer(0),
                      row.text(1),
                      row.text(2),
                      std::nullopt,
                      row.integer(4),
                      row.integer(5),
                      row.integer(6)};
    if (!row.is_null(3))
        out.parent = row.integer(3);
    return out;
}

MessageRecord read_message(Statement& row) {
    MessageRecord out;
    out.id = row.integer(0);
    out.mailbox = row.integer(1);
    out.uid = row.integer(2);
    out.thread = row.integer(3);
    out.stub_id = row.text(4);
    out.from = row.text(5);
    out.from_root = row.hash(6);
    out.to = row.text(7);
    out.sent_at = row.time(8);
    out.received_at = row.time(9);
    out.size = static_cast<std::uint64_t>(row.integer(10));
    out.blob = row.hash(11);
    out.blob_at = as<MessageRecord::Blob>(row.integer(12));
    out.keys = row.text(13);
    out.preview = row.blob(14);
    out.stub = row.text(15);
    out.sender_card = row.hash(16);
    out.tier = as<MessageTier>(row.integer(17));
    out.decision = row.text(18);
    out.reply_token = row.text(19);
    out.answers = row.text(20);
    out.keywords = row.text(21);
    out.state = as<MessageState>(row.integer(22));
    if (!row.is_null(23))
        out.expires = row.time(23);
    out.created_modseq = row.integer(24);
    out.modseq = row.integer(25);
    return out;
}

SubmissionRecord read_submission(Statement& row) {
    return {row.integer(0), row.integer(1), row.time(2), row.integer(3)};
}

constexpr char kAccountQuery[] =
    "SELECT id, address, state, created, root, card, modseq, used FROM accounts WHERE id = ?";
constexpr char kMessageColumns[] =
    "SELECT id, mailbox, uid, thread, stub_id, sender, from_root, recipients, sent_at, "
    "received_at, "
    "size, blob, blob_at, keys, preview, stub, sender_card, tier, decision, reply_token, answers, "
    "keywords, state, expires, created_modseq, modseq FROM messages WHERE account = ? ";

// One text for each combination would be many: every condition has a switch of its own.
constexpr char kMessageFilter[] =
    " FROM messages WHERE account = ?1 AND (?2 IS NULL OR mailbox = ?2)"
    " AND (?3 IS NULL OR tier = ?3) AND (?4 IS NULL OR state = ?4)"
    " AND (?5 IS NULL OR stub_id = ?5)"
    " AND (?6 IS NULL OR instr(' ' || keywords || ' ', ' ' || ?6 || ' ') > 0)"
    " AND (?7 IS NULL OR instr(' ' || keywords || ' ', ' ' || ?7 || ' ') = 0)"
    " AND (?8 IS NULL OR instr(sender, ?8) > 0)"
    " AND (?9 IS NULL OR received_at >= ?9) AND (?10 IS NULL OR received_at < ?10)";

void bind_filter(Statement& query, AccountId account, const MessageFilter& filter) {
    query.bind(account)
        .bind(filter.mailbox)
        .bind(filter.tier)
        .bind(filter.state)
        .bind(filter.stub_id)
        .bind(filter.has_keyword)
        .bind(filter.not_keyword)
        .bind(filter.from_contains)
        .bind(filter.after)
        .bind(filter.before);
}

const char* message_query(MessageFilter::Order order) {
    static const std::string newest = std::string("SELECT id, thread") + kMessageFilter +
                                      " ORDER BY received_at DESC, id DESC LIMIT ?11 OFFSET ?12";
    static const std::string oldest = std::string("SELECT id, thread") + kMessageFilter +
                                      " ORDER BY received_at, id LIMIT ?11 OFFSET ?12";
    return order == MessageFilter::Order::newest_first ? newest.c_str() : oldest.c_str();
}

const char* message_count_query() {
    static const std::string text = std::string("SELECT count(*)") + kMessageFilter;
    return text.c_str();
}

// Emails and mailboxes carry their own modseq; `changes` has what is gone of them, and everything
// of the other types. ?1 account, ?2 type, ?3 since (included), ?4 behind this id of it, ?5 limit.
const char* changes_query(ObjectType type) {
    switch (type) {
        case ObjectType::email:
            return "SELECT CAST(id AS TEXT), created_modseq, modseq, 0 FROM messages "
                   "WHERE account = ?1 AND modseq >= ?3 AND (modseq > ?3 OR CAST(id AS TEXT) > ?4) "
                   "UNION ALL SELECT id, created, modseq, destroyed FROM changes WHERE "
                   "account = ?1 AND type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY 3, 1 LIMIT ?5";
        case ObjectType::mailbox:
            return "SELECT CAST(id AS TEXT), created_modseq, modseq, 0 FROM mailboxes "
                   "WHERE account = ?1 AND modseq >= ?3 AND (modseq > ?3 OR CAST(id AS TEXT) > ?4) "
                   "UNION ALL SELECT id, created, modseq, destroyed FROM changes WHERE "
                   "account = ?1 AND type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY 3, 1 LIMIT ?5";
        default:
            return "SELECT id, created, modseq, destroyed FROM changes WHERE account = ?1 AND "
                   "type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY modseq, id LIMIT ?5";
    }
}

// What was made and last changed when, newest change first. ?1 account, ?2 type.
std::vector<const char*> made_queries(ObjectType type) {
    std::vector<const char*> all = {
        "SELECT created, modseq FROM changes WHERE account = ?1 AND type = ?2 ORDER BY modseq "
        "DESC"};
    if (type == ObjectType::email)
        all.push_back(
            "SELECT created_modseq, modseq FROM messages WHERE account = ?1 AND ?2 IS NOT NULL "
            "ORDER BY modseq DESC");
    if (type == ObjectType::mailbox)
        all.push_back(
            "SELECT created_modseq, modseq FROM mailboxes WHERE account = ?1 AND ?2 IS NOT NULL "
            "ORDER BY modseq DESC");
    return all;
}

// The modseq of the newest change, or the floor. ?1 account, ?2 type.
const char* newest_change_query(ObjectType type) {
    switch (type) {
        case ObjectType::email:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM messages WHERE account = ?1), 0), "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
        case ObjectType::mailbox:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM mailboxes WHERE account = ?1), 0), "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
        default:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
    }
}

// Literal texts made once: the statement cache goes by their address.
template <const char* Columns, const char* Rest>
const char* joined() {
    static const std::string text = std::string("SELECT ") + Columns + Rest;
    return text.c_str();
}

constexpr char kOfSubmission[] = " FROM recipients WHERE submission = ? ORDER BY id";
constexpr char kOfId[] = " FROM recipients WHERE id = ?";
constexpr char kWaiting[] = " FROM recipients WHERE state <= 1 ORDER BY next_attempt LIMIT ?";
constexpr char kMessageById[] = "AND id = ?";
constexpr char kMessageByStub[] = "AND from_root = ? AND stub_id = ?";

// Whose ids are names: one that was removed may be there again, and be removed again.
bool may_come_again(ObjectType type) {
    return type == ObjectType::contact || type == ObjectType::device;
}

template <const char* Rest>
const char* message_text() {
    static const std::string text = std::string(kMessageColumns) + Rest;
    return text.c_str();
}

}  // namespace

std::string changes_floor_key(AccountId account, ObjectType type) {
    return "changes/" + std::to_string(account) + "/" + std::to_string(static_cast<int>(type));
}

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
    out.copy = as<RecipientRecord::Copy>(row.integer(9));
    out.state = as<RecipientState>(row.integer(10));
    out.answer = row.text(11);
    out.attempts = row.integer(12);
    out.next_attempt = row.time(13);
    out.expires = row.time(14);
    out.updated = row.time(15);
    return out;
}

template <class Base>
std::optional<AccountRecord> SqliteReads<Base>::account(AccountId id) {
    return at_most_one(std::move(database_.prepare(kAccountQuery).bind(id)), read_account);
}

template <class Base>
std::optional<AccountRecord> SqliteReads<Base>::account(const std::string& address) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, address, state, created, root, card, modseq, used "
                               "FROM accounts WHERE address = ?")
                      .bind(address)),
        read_account);
}

template <class Base>
std::vector<AccountRecord> SqliteReads<Base>::accounts() {
    return all_of(database_.prepare("SELECT id, address, state, created, root, card, modseq, used "
                                    "FROM accounts ORDER BY address"),
                  read_account);
}

template <class Base>
std::optional<InvitationRecord> SqliteReads<Base>::invitation(const Hash& code) {
    return at_most_one<InvitationRecord>(
        std::move(
            database_
                .prepare("SELECT code, address, created, expires FROM invitations WHERE code = ?")
                .bind(code)),
        [](Statement& row) {
            return InvitationRecord{row.hash(0), row.text(1), row.time(2), row.time(3)};
        });
}

template <class Base>
std::optional<CardRecord> SqliteReads<Base>::card(const Hash& hash) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE hash = ?")
                      .bind(hash)),
        read_card_record);
}

template <class Base>
std::optional<CardRecord> SqliteReads<Base>::newest_card(const Hash& root) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE root = ? ORDER BY serial DESC, seen LIMIT 1")
                      .bind(root)),
        read_card_record);
}

template <class Base>
std::vector<CardRecord> SqliteReads<Base>::cards(const Hash& root) {
    return all_of(
        std::move(database_
                      .prepare("SELECT hash, root, address, serial, note, first_seen FROM cards "
                               "WHERE root = ? ORDER BY seen")
                      .bind(root)),
        read_card_record);
}

template <class Base>
std::optional<GrantRecord> SqliteReads<Base>::grant(AccountId account, const Hash& root) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT root, address, name, level, verified, card, source, since, "
                               "engaged FROM grants WHERE account = ? AND root = ?")
                      .bind(account)
                      .bind(root)),
        read_grant);
}

template <class Base>
std::vector<GrantRecord> SqliteReads<Base>::grants(AccountId account) {
    return all_of(
        std::move(database_
                      .prepare("SELECT root, address, name, level, verified, card, source, since, "
                               "engaged FROM grants WHERE account = ? ORDER BY address")
                      .bind(account)),
        read_grant);
}

template <class Base>
std::vector<AccountId> SqliteReads<Base>::grantors(const Hash& root) {
    return all_of(
        std::move(database_.prepare("SELECT account FROM grants WHERE root = ?").bind(root)),
        read_integer);
}

template <class Base>
std::optional<TokenRecord> SqliteReads<Base>::token(AccountId account, const std::string& id) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, kind, text, label, per_day, uses_left, bound_root, "
                               "bound_address, window_day, window_used, used_total, created, "
                               "expires, standing FROM tokens WHERE account = ? AND id = ?")
                      .bind(account)
                      .bind(id)),
        read_token);
}

template <class Base>
std::vector<TokenRecord> SqliteReads<Base>::tokens(AccountId account) {
    return all_of(
        std::move(
            database_
                .prepare(
                    "SELECT id, kind, text, label, per_day, uses_left, bound_root, "
                    "bound_address, window_day, window_used, used_total, created, "
                    "expires, standing FROM tokens WHERE account = ? ORDER BY created DESC, id")
                .bind(account)),
        read_token);
}

template <class Base>
std::int64_t SqliteReads<Base>::reply_token_uses(AccountId account, const std::string& id) {
    return at_most_one(
               std::move(
                   database_.prepare("SELECT uses FROM reply_tokens WHERE account = ? AND id = ?")
                       .bind(account)
                       .bind(id)),
               read_integer)
        .value_or(0);
}

template <class Base>
std::vector<MailboxRecord> SqliteReads<Base>::mailboxes(AccountId account) {
    return all_of(
        std::move(database_
                      .prepare("SELECT id, name, role, parent, sort_order, uid_validity, uid_next "
                               "FROM mailboxes WHERE account = ? ORDER BY sort_order, id")
                      .bind(account)),
        read_mailbox);
}

template <class Base>
std::optional<MailboxRecord> SqliteReads<Base>::mailbox_by_role(AccountId account,
                                                                const std::string& role) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, name, role, parent, sort_order, uid_validity, uid_next "
                               "FROM mailboxes WHERE account = ? AND role = ?")
                      .bind(account)
                      .bind(role)),
        read_mailbox);
}

template <class Base>
MailboxCounts SqliteReads<Base>::mailbox_counts(AccountId account, MailboxId mailbox) {
    auto row = database_.prepare(
        "SELECT count(*), count(*) FILTER (WHERE unread), count(DISTINCT thread), "
        "count(DISTINCT thread) FILTER (WHERE unread) FROM (SELECT thread, "
        "instr(' ' || keywords || ' ', ' $seen ') = 0 AND "
        "instr(' ' || keywords || ' ', ' $draft ') = 0 AS unread "
        "FROM messages WHERE account = ? AND mailbox = ?)");
    row.bind(account).bind(mailbox);
    row.step();
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
}

template <class Base>
std::optional<MessageRecord> SqliteReads<Base>::message(AccountId account, MessageId id) {
    return at_most_one(
        std::move(database_.prepare(message_text<kMessageById>()).bind(account).bind(id)),
        read_message);
}

template <class Base>
std::optional<MessageRecord> SqliteReads<Base>::message_by_stub(AccountId account,
                                                                const Hash& from_root,
                                                                const std::string& stub_id) {
    return at_most_one(std::move(database_.prepare(message_text<kMessageByStub>())
                                     .bind(account)
                                     .bind(from_root)
                                     .bind(stub_id)),
                       read_message);
}

template <class Base>
std::optional<PastStub> SqliteReads<Base>::past_stub(AccountId account,
                                                     const Hash& from_root,
                                                     const std::string& stub_id) {
    auto row = database_.prepare(
        "SELECT hash, was_held FROM past_stubs WHERE account = ? AND stub_id = ? AND "
        "from_root = ?");
    row.bind(account).bind(stub_id).bind(from_root);
    if (!row.step())
        return std::nullopt;
    return PastStub{row.hash(0), as<PastStub::Was>(row.integer(1))};
}

template <class Base>
MessagePage SqliteReads<Base>::messages(AccountId account, const MessageFilter& filter) {
    MessagePage page;
    {
        auto rows = database_.prepare(message_query(filter.order));
        bind_filter(rows, account, filter);
        rows.bind(filter.limit).bind(filter.position);
        while (rows.step()) {
            page.ids.push_back(rows.integer(0));
            page.threads.push_back(rows.integer(1));
        }
    }
    auto count = database_.prepare(message_count_query());
    bind_filter(count, account, filter);
    count.step();
    page.total = count.integer(0);
    return page;
}

template <class Base>
std::vector<MessageId> SqliteReads<Base>::thread(AccountId account, MessageId thread) {
    return all_of(std::move(database_
                                .prepare("SELECT id FROM messages WHERE account = ? AND thread = ? "
                                         "ORDER BY received_at, id")
                                .bind(account)
                                .bind(thread)),
                  read_integer);
}

template <class Base>
ModSeq SqliteReads<Base>::modseq(AccountId account) {
    return at_most_one(
               std::move(
                   database_.prepare("SELECT modseq FROM accounts WHERE id = ?").bind(account)),
               read_integer)
        .value_or(0);
}

template <class Base>
ModSeq SqliteReads<Base>::modseq(AccountId account, ObjectType type) {
    auto row = database_.prepare(newest_change_query(type));
    row.bind(account).bind(type);
    return row.step() ? row.integer(0) : 0;
}

// By modseq of the last change: where that is no later than the newest `created` seen so far, no
// change before can have made anything newer.
// By modseq of the last change: where that is no later than the newest `created` seen so far, no
// change before can have made anything newer.
template <class Base>
ModSeq SqliteReads<Base>::newest_made(AccountId account, ObjectType type) {
    ModSeq newest = 0;
    for (const char* query : made_queries(type)) {
        auto rows = database_.prepare(query);
        rows.bind(account).bind(type);
        while (rows.step() && rows.integer(1) > newest)
            newest = std::max(newest, rows.integer(0));
    }
    return newest;
}

template <class Base>
std::optional<ObjectChanges> SqliteReads<Base>::changes(AccountId account,
                                                        ObjectType type,
                                                        const ChangesFrom& from,
                                                        std::int64_t limit) {
    const ModSeq known = from.read ? from.read->modseq : from.since;
    {
        auto row = database_.prepare("SELECT modseq, floor FROM accounts WHERE id = ?");
        row.bind(account);
        const auto text = value(changes_floor_key(account, type)).value_or("0");
        const auto floor = static_cast<ModSeq>(parse_decimal(text, INT64_MAX).value_or(0));
        if (!row.step() || known < row.integer(1) || known > row.integer(0) || known < floor)
            return std::nullopt;
    }
    ObjectChanges out;
    out.state = modseq(account);
    const std::string behind = from.read ? from.read->id : std::string();
    auto rows = database_.prepare(changes_query(type));
    rows.bind(account).bind(type).bind(from.read ? known : known + 1).bind(behind).bind(limit + 1);
    ChangesPlace last;
    for (std::int64_t count = 0; rows.step(); ++count) {
        if (count == limit) {
            out.more = std::move(last);
            break;
        }
        last = {.modseq = rows.integer(2), .id = rows.text(0)};
        const ModSeq created = rows.integer(1);
        const bool gone = rows.integer(3) != 0;
        if (gone && created > known && !may_come_again(type))
            continue;  // came and went; nobody was told of it
        (gone                   ? out.destroyed
         : created > from.since ? out.created
                                : out.updated)
            .push_back(last.id);
    }
    return out;
}

template <class Base>
std::optional<SubmissionRecord> SqliteReads<Base>::submission(AccountId account, SubmissionId id) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, message, created, modseq FROM submissions "
                               "WHERE account = ? AND id = ?")
                      .bind(account)
                      .bind(id)),
        read_submission);
}

template <class Base>
std::vector<SubmissionRecord> SqliteReads<Base>::submissions(AccountId account) {
    return all_of(std::move(database_
                                .prepare("SELECT id, message, created, modseq FROM submissions "
                                         "WHERE account = ? ORDER BY created DESC, id DESC")
                                .bind(account)),
                  read_submission);
}

template <class Base>
std::vector<RecipientRecord> SqliteReads<Base>::recipients(SubmissionId submission) {
    return all_of(
        std::move(database_.prepare(joined<kRecipientColumns, kOfSubmission>()).bind(submission)),
        read_recipient);
}

template <class Base>
std::optional<RecipientRecord> SqliteReads<Base>::recipient(std::int64_t id) {
    return at_most_one(std::move(database_.prepare(joined<kRecipientColumns, kOfId>()).bind(id)),
                       read_recipient);
}

template <class Base>
std::vector<RecipientRecord> SqliteReads<Base>::queue(std::int64_t limit) {
    return all_of(std::move(database_.prepare(joined<kRecipientColumns, kWaiting>()).bind(limit)),
                  read_recipient);
}

template <class Base>
std::int64_t SqliteReads<Base>::queue_size() {
    return at_most_one(database_.prepare("SELECT count(*) FROM recipients WHERE state <= 1"),
                       read_integer)
        .value_or(0);
}

template <class Base>
std::optional<Time> SqliteReads<Base>::next_due() {
    auto row = database_.prepare("SELECT min(next_attempt) FROM recipients WHERE state <= 1");
    if (!row.step() || row.is_null(0))
        return std::nullopt;
    return row.time(0);
}

template <class Base>
std::int64_t SqliteReads<Base>::recipients_since(AccountId account, Time since) {
    auto row = database_.prepare(
        "SELECT count(*) FROM recipients WHERE submission IN "
        "(SELECT id FROM submissions WHERE account = ? AND created >= ?)");
    row.bind(account).bind(since);
    row.step();
    return row.integer(0);
}

template <class Base>
std::optional<BlobPlace> SqliteReads<Base>::blob(const Hash& hash) {
    return at_most_one<BlobPlace>(
        std::move(
            database_.prepare("SELECT size, segment, at FROM blobs WHERE hash = ?").bind(hash)),
        [](Statement& row) {
            return BlobPlace{static_cast<std::uint64_t>(row.integer(0)),
                             row.integer(1),
                             static_cast<std::uint64_t>(row.integer(2))};
        });
}

template <class Base>
bool SqliteReads<Base>::account_has_blob(AccountId account, const Hash& hash) {
    auto row = database_.prepare(
        "SELECT EXISTS (SELECT 1 FROM uploads WHERE account = ?1 AND hash = ?2) OR "
        "EXISTS (SELECT 1 FROM messages WHERE account = ?1 AND blob = ?2 AND blob_at = ?3)");
    row.bind(account).bind(hash).bind(MessageRecord::Blob::here);
    row.step();
    return row.integer(0) != 0;
}

template <class Base>
bool SqliteReads<Base>::blob_is_offered(const Hash& hash, Time now) {
    auto row = database_.prepare(
        "SELECT EXISTS (SELECT 1 FROM recipients WHERE blob = ? AND expires >= ?)");
    row.bind(hash).bind(now);
    row.step();
    return row.integer(0) != 0;
}

template <class Base>
std::optional<PeerRecord> SqliteReads<Base>::peer(const std::string& domain) {
    return at_most_one<PeerRecord>(
        std::move(
            database_.prepare("SELECT domain, record, secure, expires FROM peers WHERE domain = ?")
                .bind(domain)),
        [](Statement& row) {
            return PeerRecord{
                row.text(0), row.text(1), as<PeerRecord::Secure>(row.integer(2)), row.time(3)};
        });
}

template <class Base>
std::optional<SessionRecord> SqliteReads<Base>::session(const Hash& token) {
    return at_most_one<SessionRecord>(
        std::move(database_
                      .prepare("SELECT token, account, device, created, expires FROM sessions "
                               "WHERE token = ?")
                      .bind(token)),
        [](Statement& row) {
            return SessionRecord{
                row.hash(0), row.integer(1), row.text(2), row.time(3), row.time(4)};
        });
}

template <class Base>
std::optional<DeviceLinkRecord> SqliteReads<Base>::device_link(const std::string& id) {
    return at_most_one<DeviceLinkRecord>(
        std::move(
            database_.prepare("SELECT id, account, note, state, expires FROM links WHERE id = ?")
                .bind(id)),
        [](Statement& row) {
            return DeviceLinkRecord{
                row.text(0), row.integer(1), row.text(2), row.text(3), row.time(4)};
        });
}

template <class Base>
std::optional<std::string> SqliteReads<Base>::value(const std::string& key) {
    return at_most_one<std::string>(
        std::move(database_.prepare("SELECT value FROM key_values WHERE key = ?").bind(key)),
        [](Statement& row) { return row.text(0); });
}

template <class Base>
std::int64_t SqliteReads<Base>::counter(const std::string& key, std::int64_t day) {
    return at_most_one(
               std::move(database_.prepare("SELECT count FROM counters WHERE key = ? AND day = ?")
                             .bind(key)
                             .bind(day)),
               read_integer)
        .value_or(0);
}

template class SqliteReads<ReadTransaction>;
template class SqliteReads<WriteTransaction>;

}  // namespace kith
