// Mailboxes, messages, and their bodies.
#include "store/sqlite_reads.h"
#include "store/sqlite_rows.h"

namespace kith {
namespace {

using sqlite::Statement;

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
    out.blob_at = enum_of<MessageRecord::Blob>(row.integer(12));
    out.keys = row.text(13);
    out.preview = row.blob(14);
    out.stub = row.text(15);
    out.sender_card = row.hash(16);
    out.tier = enum_of<MessageTier>(row.integer(17));
    out.decision = row.text(18);
    out.reply_token = row.text(19);
    out.answers = row.text(20);
    out.keywords = row.text(21);
    out.state = enum_of<MessageState>(row.integer(22));
    if (!row.is_null(23))
        out.expires = row.time(23);
    out.notice = enum_of<MessageRecord::Notice>(row.integer(24));
    out.outcome = enum_of<MessageRecord::Outcome>(row.integer(25));
    out.shown = row.integer(26);
    if (!row.is_null(27))
        out.word = row.hash(27);
    out.created_modseq = row.integer(28);
    out.modseq = row.integer(29);
    return out;
}

ReadTransaction::Received read_received(Statement& row) {
    return {row.integer(0), row.integer(1)};
}

constexpr char kMessageColumns[] =
    "SELECT id, mailbox, uid, thread, stub_id, sender, from_root, recipients, sent_at, "
    "received_at, "
    "size, blob, blob_at, keys, preview, stub, sender_card, tier, decision, reply_token, answers, "
    "keywords, state, expires, quiet, outcome, shown, word, created_modseq, modseq FROM messages "
    "WHERE "
    "account = ? ";

constexpr char kMessageById[] = "AND id = ?";

constexpr char kMessageByStub[] = "AND from_root = ? AND stub_id = ?";

template <const char* Rest>
const char* message_text() {
    static const std::string text = std::string(kMessageColumns) + Rest;
    return text.c_str();
}

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

}  // namespace

std::vector<MailboxRecord> SqliteReads::mailboxes(AccountId account) {
    return all_of(
        std::move(database_
                      .prepare("SELECT id, name, role, parent, sort_order, uid_validity, uid_next "
                               "FROM mailboxes WHERE account = ? ORDER BY sort_order, id")
                      .bind(account)),
        read_mailbox);
}

std::optional<MailboxRecord> SqliteReads::mailbox_by_role(AccountId account,
                                                          const std::string& role) {
    return at_most_one(
        std::move(database_
                      .prepare("SELECT id, name, role, parent, sort_order, uid_validity, uid_next "
                               "FROM mailboxes WHERE account = ? AND role = ?")
                      .bind(account)
                      .bind(role)),
        read_mailbox);
}

MailboxCounts SqliteReads::mailbox_counts(AccountId account, MailboxId mailbox) {
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

std::optional<MessageRecord> SqliteReads::message(AccountId account, MessageId id) {
    return at_most_one(
        std::move(database_.prepare(message_text<kMessageById>()).bind(account).bind(id)),
        read_message);
}

std::optional<MessageRecord> SqliteReads::message_by_stub(AccountId account,
                                                          const Hash& from_root,
                                                          const std::string& stub_id) {
    return at_most_one(std::move(database_.prepare(message_text<kMessageByStub>())
                                     .bind(account)
                                     .bind(from_root)
                                     .bind(stub_id)),
                       read_message);
}

std::optional<KnownStub> SqliteReads::known_stub(AccountId account,
                                                 const Hash& from_root,
                                                 const std::string& stub_id) {
    auto row = database_.prepare(
        "SELECT id, state, expires, shown, received_at, stub, decision FROM messages "
        "WHERE account = ? AND stub_id = ? AND from_root = ?");
    row.bind(account).bind(stub_id).bind(from_root);
    if (!row.step())
        return std::nullopt;
    std::optional<Time> expires;
    if (!row.is_null(2))
        expires = row.time(2);
    return KnownStub{.message = row.integer(0),
                     .state = enum_of<MessageState>(row.integer(1)),
                     .expires = expires,
                     .shown = row.integer(3),
                     .received_at = row.time(4),
                     .stub = row.text(5),
                     .decision = row.text(6)};
}

std::optional<PastStub> SqliteReads::past_stub(AccountId account,
                                               const Hash& from_root,
                                               const std::string& stub_id) {
    auto row = database_.prepare(
        "SELECT hash, was_held, kept, shown FROM past_stubs WHERE account = ? AND stub_id = ? AND "
        "from_root = ?");
    row.bind(account).bind(stub_id).bind(from_root);
    if (!row.step())
        return std::nullopt;
    return PastStub{
        row.hash(0), enum_of<PastStub::Was>(row.integer(1)), row.time(2), row.integer(3)};
}

std::vector<ReadTransaction::Received> SqliteReads::received_from(const Hash& root, Time since) {
    static_assert(static_cast<int>(MessageTier::own) == 3, "as in the index messages_by_sender");
    return all_of(std::move(database_
                                .prepare("SELECT account, id FROM messages WHERE from_root = ? AND "
                                         "received_at >= ? AND tier != 3 ORDER BY account, id")
                                .bind(root)
                                .bind(since)),
                  read_received);
}

std::vector<ReadTransaction::Received> SqliteReads::received_on_word_of(const Hash& root,
                                                                        Time since) {
    return all_of(std::move(database_
                                .prepare("SELECT account, id FROM messages WHERE word = ? AND "
                                         "received_at >= ? ORDER BY account, id")
                                .bind(root)
                                .bind(since)),
                  read_received);
}

MessagePage SqliteReads::messages(AccountId account, const MessageFilter& filter) {
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

// Its first message is found by its id: the index has only those that answered something.
std::vector<MessageId> SqliteReads::thread(AccountId account, MessageId thread) {
    return all_of(
        std::move(
            database_
                .prepare("SELECT id, received_at FROM messages WHERE account = ?1 AND id = ?2 "
                         "AND thread = ?2 UNION ALL SELECT id, received_at FROM messages "
                         "WHERE account = ?1 AND thread = ?2 AND thread != id ORDER BY 2, 1")
                .bind(account)
                .bind(thread)),
        read_integer);
}

std::optional<BlobPlace> SqliteReads::blob(const Hash& hash) {
    return at_most_one<BlobPlace>(
        std::move(
            database_.prepare("SELECT size, segment, at FROM blobs WHERE hash = ?").bind(hash)),
        [](Statement& row) { return read_place(row, 0); });
}

bool SqliteReads::account_has_blob(AccountId account, const Hash& hash) {
    auto row = database_.prepare(
        "SELECT EXISTS (SELECT 1 FROM uploads WHERE account = ?1 AND hash = ?2) OR "
        "EXISTS (SELECT 1 FROM messages WHERE account = ?1 AND blob = ?2 AND blob_at = ?3)");
    row.bind(account).bind(hash).bind(MessageRecord::Blob::here);
    row.step();
    return row.integer(0) != 0;
}

bool SqliteReads::blob_is_offered(const Hash& hash, Time now) {
    auto row = database_.prepare(
        "SELECT EXISTS (SELECT 1 FROM recipients WHERE blob = ? AND expires >= ?)");
    row.bind(hash).bind(now);
    row.step();
    return row.integer(0) != 0;
}

}  // namespace kith
