// The durable heart of the server. Reads see a snapshot; writes are functions that run, one after
// the other, on the store's one writer thread, which puts everything waiting into one transaction:
// one fsync for many (group commit). A write is acknowledged when an fsync covers it, never before.
// After a failed fsync nothing is acknowledged any more.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include "base/adjustable.h"
#include "crypto/tiles.h"
#include "store/blobs.h"
#include "store/records.h"

namespace kith {

/// Typed questions. An object is for one thread at a time, and sees one snapshot while it lives.
class ReadTransaction {
  public:
    ReadTransaction() = default;
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;
    virtual ~ReadTransaction() = default;

    virtual std::optional<AccountRecord> account(AccountId id) = 0;
    virtual std::optional<AccountRecord> account(const std::string& address) = 0;
    virtual std::vector<AccountRecord> accounts() = 0;
    virtual std::int64_t account_count() = 0;
    virtual std::optional<InvitationRecord> invitation(const Hash& code) = 0;

    virtual std::optional<CardRecord> card(const Hash& hash) = 0;
    virtual std::optional<CardRecord> newest_card(const Hash& root) = 0;
    /// All cards known of a root, in the order in which they became known.
    virtual std::vector<CardRecord> cards(const Hash& root) = 0;

    virtual std::optional<GrantRecord> grant(AccountId account, const Hash& root) = 0;
    virtual std::vector<GrantRecord> grants(AccountId account) = 0;
    /// Those under that address: one, and others where somebody else came to be there.
    virtual std::vector<GrantRecord> grants_of(AccountId account, const std::string& address) = 0;
    /// The ledger of a contact who was removed (GrantRecord::ledger).
    virtual std::optional<std::string> past_ledger(AccountId account, const Hash& root) = 0;
    /// Of all accounts: whose, and of which root.
    virtual std::vector<std::pair<AccountId, Hash>> past_ledgers() = 0;
    /// Accounts here that have this root as a contact.
    virtual std::vector<AccountId> grantors(const Hash& root) = 0;

    virtual std::optional<TokenRecord> token(AccountId account, const std::string& id) = 0;
    virtual std::vector<TokenRecord> tokens(AccountId account) = 0;
    /// How often a reply token was used.
    virtual std::int64_t reply_token_uses(AccountId account, const std::string& id) = 0;

    /// What a domain of strangers has here, one line (trust/domain_credit.h).
    virtual std::optional<std::string> domain_credit(const std::string& domain) = 0;
    virtual std::vector<std::string> credited_domains() = 0;
    /// What the account was shown of its requests, one line (trust/requests_view.h).
    virtual std::optional<std::string> shown_requests(AccountId account) = 0;
    virtual std::vector<BlockedDomain> blocked_domains(AccountId account) = 0;
    virtual bool is_domain_blocked(AccountId account, const std::string& domain) = 0;

    /// Those of `subject`: what something came on first, then what is good the longest.
    virtual std::vector<IntroductionRecord> introductions(AccountId account,
                                                          const Hash& subject) = 0;
    /// How many of that introducer are good still.
    virtual std::int64_t introductions_by(AccountId account, const Hash& introducer, Time now) = 0;
    /// Of all accounts here, those of that introducer that came at or after then.
    virtual std::vector<std::pair<AccountId, IntroductionRecord>> introductions_since(
        const Hash& introducer, Time since) = 0;
    virtual std::optional<IssuedVouchRecord> issued_vouch(const std::string& serial) = 0;
    /// What the account gave at or after then.
    virtual std::vector<IssuedVouchRecord> issued_vouches(AccountId account, Time since) = 0;
    /// At most `limit` whose time has come, soonest first.
    virtual std::vector<QueuedNote> due_notes(Time now, std::int64_t limit) = 0;

    virtual std::vector<MailboxRecord> mailboxes(AccountId account) = 0;
    virtual std::optional<MailboxRecord> mailbox_by_role(AccountId account,
                                                         const std::string& role) = 0;
    virtual MailboxCounts mailbox_counts(AccountId account, MailboxId mailbox) = 0;

    virtual std::optional<MessageRecord> message(AccountId account, MessageId id) = 0;
    virtual std::optional<MessageRecord> message_by_stub(AccountId account,
                                                         const Hash& from_root,
                                                         const std::string& stub_id) = 0;
    /// The same, of which only what follows is wanted.
    virtual std::optional<KnownStub> known_stub(AccountId account,
                                                const Hash& from_root,
                                                const std::string& stub_id) = 0;
    virtual std::optional<PastStub> past_stub(AccountId account,
                                              const Hash& from_root,
                                              const std::string& stub_id) = 0;
    virtual MessagePage messages(AccountId account, const MessageFilter& filter) = 0;
    struct Received {
        AccountId account = 0;
        MessageId message = 0;
    };
    /// What came from this root at or after then, whoever has it here; by account.
    virtual std::vector<Received> received_from(const Hash& root, Time since) = 0;
    /// What came at or after then because this root stood for its sender; by account.
    virtual std::vector<Received> received_on_word_of(const Hash& root, Time since) = 0;
    virtual std::vector<MessageId> thread(AccountId account, MessageId thread) = 0;

    virtual ModSeq modseq(AccountId account) = 0;
    /// When objects of that type changed last; never before what changes() still knows.
    virtual ModSeq modseq(AccountId account, ObjectType type) = 0;
    /// When the newest object of that type was made, whether it is still there or not; quiet
    /// messages are passed over.
    virtual ModSeq newest_made(AccountId account, ObjectType type) = 0;
    /// At most `limit` ids. Nothing when what happened since then is no longer known.
    virtual std::optional<ObjectChanges> changes(AccountId account,
                                                 ObjectType type,
                                                 const ChangesFrom& from,
                                                 std::int64_t limit) = 0;

    virtual std::optional<SubmissionRecord> submission(AccountId account, SubmissionId id) = 0;
    virtual std::vector<SubmissionRecord> submissions(AccountId account) = 0;
    virtual std::vector<RecipientRecord> recipients(SubmissionId submission) = 0;
    virtual std::optional<RecipientRecord> recipient(std::int64_t id) = 0;
    /// Everything that waits, soonest first.
    virtual std::vector<RecipientRecord> queue(std::int64_t limit) = 0;
    virtual std::int64_t queue_size() = 0;
    /// When the next one is due; nothing when none waits.
    virtual std::optional<Time> next_due() = 0;
    /// Recipients that the account has written to since then.
    virtual std::int64_t recipients_since(AccountId account, Time since) = 0;
    /// What of the account's waits to be confirmed, in the order it was handed in.
    virtual std::vector<RecipientRecord> unconfirmed(AccountId account) = 0;
    /// At most `limit`, of all accounts, that nobody has confirmed in time.
    virtual std::vector<RecipientRecord> unconfirmed_expired(Time now, std::int64_t limit) = 0;
    virtual std::optional<SentStub> sent_stub(const Hash& hash) = 0;
    /// At most 200 that something was told of since then, the latest first.
    virtual std::vector<SentStub> reported_stubs(AccountId account, Time since) = 0;
    /// To how many people the account's stubs have gone since then.
    virtual std::int64_t people_written_to(AccountId account, Time since) = 0;

    virtual std::optional<BlobPlace> blob(const Hash& hash) = 0;
    /// Whether an upload of the account refers to it, or a message whose body is here.
    virtual bool account_has_blob(AccountId account, const Hash& hash) = 0;
    /// Whether outgoing mail refers to it: others may fetch it.
    virtual bool blob_is_offered(const Hash& hash, Time now) = 0;

    virtual std::optional<PeerRecord> peer(const std::string& domain) = 0;
    /// Entries of this domain's directory log.
    virtual std::uint64_t log_size() = 0;
    /// Of a card, where it is in the log: the latest.
    virtual std::optional<LogEntryRecord> log_entry_of(const Hash& card) = 0;
    /// At most `limit` entries, in their order.
    virtual std::vector<LogEntryRecord> log_entries(std::uint64_t from, std::uint64_t limit) = 0;
    virtual std::optional<Bytes> log_tile(const TileId& id) = 0;
    virtual std::optional<KnownLogRecord> known_log(const std::string& domain) = 0;
    virtual std::vector<KnownLogRecord> known_logs() = 0;
    /// Was the card of another domain seen in that domain's log?
    virtual bool is_card_proven(const Hash& card) = 0;
    virtual std::optional<SessionRecord> session(const Hash& token) = 0;
    virtual std::optional<DeviceLinkRecord> device_link(const std::string& id) = 0;
    virtual std::optional<std::string> value(const std::string& key) = 0;
    virtual std::int64_t counter(const std::string& key, std::int64_t day) = 0;
};

/// Changes; they take effect together with everything else of the write, or not at all.
/// Every change of an account's objects moves its modseq.
class WriteTransaction : public virtual ReadTransaction {
  public:
    /// Calls `attempt`, and keeps or undoes what it did in this transaction. Of what is undone no
    /// row, no state and no id is left, but it costs what it costs when it is kept, the pages of
    /// the log included: for what must not show by how long somebody waits for the write. (A body
    /// that it added lies in its segment, where nothing refers to it, until that is compacted.)
    /// Errors: those of `attempt`, all of which is undone then.
    enum class Keep { yes, no };
    using Attempt = std::function<Result<void>()>;
    virtual Result<void> attempt(Keep keep, const Attempt& attempt) = 0;

    /// With the default mailboxes. Errors: conflict (the address is taken).
    virtual Result<AccountId> add_account(const AccountRecord& account) = 0;
    virtual void set_account_state(AccountId id, AccountRecord::State state) = 0;
    virtual void set_account_card(AccountId id, const Hash& card) = 0;
    /// The account, its mail, contacts, tokens, sessions, queue. Blobs go when nothing refers to
    /// them.
    virtual void remove_account(AccountId id) = 0;
    virtual void add_invitation(const InvitationRecord& invitation) = 0;
    virtual void remove_invitation(const Hash& code) = 0;
    virtual void add_card(const CardRecord& card) = 0;

    virtual void put_grant(AccountId account, const GrantRecord& grant) = 0;
    /// Its ledger is kept for 400 days: who is added again goes on with it.
    virtual void remove_grant(AccountId account, const Hash& root) = 0;
    virtual void put_past_ledger(AccountId account,
                                 const Hash& root,
                                 const std::string& ledger) = 0;
    /// Of a grant that is there: what it meters, which is no change of the contact.
    virtual void put_grant_ledger(AccountId account,
                                  const Hash& root,
                                  const std::string& ledger) = 0;
    virtual void put_domain_credit(const std::string& domain, const std::string& credit) = 0;
    virtual void put_shown_requests(AccountId account, const std::string& shown) = 0;
    virtual void put_introduction(AccountId account, const IntroductionRecord& introduction) = 0;
    virtual void remove_introduction(AccountId account,
                                     const Hash& subject,
                                     const Hash& introducer) = 0;
    virtual void put_issued_vouch(const IssuedVouchRecord& vouch) = 0;
    virtual void queue_note(const QueuedNote& note) = 0;
    /// Its attempts and when it is due.
    virtual void put_off_note(const QueuedNote& note) = 0;
    virtual void remove_note(std::int64_t id) = 0;
    virtual void block_domain(AccountId account, const BlockedDomain& blocked) = 0;
    virtual void unblock_domain(AccountId account, const std::string& domain) = 0;
    virtual void put_token(AccountId account, const TokenRecord& token) = 0;
    virtual void remove_token(AccountId account, const std::string& id) = 0;
    virtual void count_reply_token(AccountId account, const std::string& id, Time expires) = 0;

    virtual Result<MailboxId> add_mailbox(AccountId account, const MailboxRecord& mailbox) = 0;
    virtual void update_mailbox(AccountId account, const MailboxRecord& mailbox) = 0;
    virtual Result<void> remove_mailbox(AccountId account, MailboxId mailbox) = 0;

    struct Inserted {
        MessageId id = 0;
        enum class Was { fresh, there_already } was = Was::fresh;
    };
    /// Sets id, uid, thread, modseq. A message of the same sender with the same stub id is not
    /// inserted again (whatever its contents).
    virtual Result<Inserted> add_message(AccountId account, MessageRecord message) = 0;
    /// Whatever of it changed: mailbox (a new uid), keywords, keys, state, blob_at, tier, decision,
    /// outcome, shown.
    /// Errors: not_found.
    virtual Result<void> update_message(AccountId account, const MessageRecord& message) = 0;
    virtual Result<void> remove_message(AccountId account, MessageId id) = 0;
    /// Of a stub that was answered and not stored: that it was here, until then.
    virtual void remember_stub(AccountId account,
                               const Hash& from_root,
                               const std::string& stub_id,
                               const PastStub& stub,
                               Time until) = 0;

    virtual SubmissionId add_submission(AccountId account,
                                        MessageId message,
                                        Time now,
                                        std::vector<RecipientRecord> recipients) = 0;
    virtual void update_recipient(const RecipientRecord& recipient) = 0;
    /// In the place of the one with that hash.
    virtual void put_sent_stub(const SentStub& stub) = 0;
    virtual void remove_submission(AccountId account, SubmissionId id) = 0;
    /// What take_due() looks for.
    struct DueRows {
        Time now;
        Time lease;  ///< until when the rows are being sent; then they are due again
        std::int64_t limit = 256;
        std::int64_t per_domain = 64;
        std::map<std::string, std::int64_t> busy = {};  ///< already being sent, by domain
        std::string after = {};  ///< begin with the domains behind this one: each has its turn
    };
    /// Recipients that are due, as many as there is room for, now `sending`.
    virtual std::vector<RecipientRecord> take_due(const DueRows& wanted) = 0;
    /// After a start: what was being sent is due again.
    virtual void release_leases(Time now) = 0;

    /// A body of at most kMaxSmallBlob octets: goes into the segment with this write.
    virtual void add_small_blob(const Hash& hash, ByteView octets, Time now) = 0;
    /// A body that LargeBlobWriter has brought to disk.
    virtual void add_large_blob(const Hash& hash, std::uint64_t size, Time now) = 0;
    /// Keeps a blob for an account until then, without a message.
    virtual void keep_upload(AccountId account, const Hash& hash, Time until) = 0;

    virtual void put_peer(const PeerRecord& peer) = 0;
    /// Appends to this domain's directory log; answers where.
    virtual std::uint64_t add_log_entry(ByteView octets, const std::optional<Hash>& card) = 0;
    /// Of a tile that is new or has grown: its octets (crypto/tiles.h).
    virtual void put_log_tile(const TileId& id, ByteView octets) = 0;
    virtual void put_known_log(const KnownLogRecord& log) = 0;
    virtual void add_proven_card(const Hash& card) = 0;
    virtual void add_session(const SessionRecord& session) = 0;
    virtual void remove_sessions(AccountId account, const std::string& device) = 0;
    virtual void put_device_link(const DeviceLinkRecord& link) = 0;
    virtual void put_value(const std::string& key, const std::string& value) = 0;
    /// Adds to a day's counter and answers its new value.
    virtual std::int64_t count(const std::string& key, std::int64_t day, std::int64_t by) = 0;
    /// A change of something that has no record of its own here (device, card, identity).
    virtual void touch(AccountId account, ObjectType type, const std::string& id) = 0;
};

struct StoreOptions {
    std::filesystem::path folder;
    Adjustable<std::uint64_t> min_free_octets = 256ULL << 20;
    Adjustable<std::size_t> queue_limit =
        4'096;  ///< writes waiting; more are refused with unavailable
    std::size_t readers = 4;
    /// Of each type of an account: how many removed objects changes() remembers at least. Twice as
    /// many are kept between two times of maintain().
    std::int64_t removed_kept = 10'000;
    std::uint64_t segment_octets = kSegmentOctets;  ///< then the next one is begun
    FileOperations* files = nullptr;                ///< null: the real ones; tests make them fail
    std::function<void(double)> on_commit = {};     ///< told the seconds of each group commit
};

class Store {
  public:
    using Work = std::function<Result<void>(WriteTransaction&)>;
    using Done = std::function<void(Result<void>)>;

    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    /// Queues `work`. An error that it answers undoes it alone, and is what `done` is told. It may
    /// run more than once before it counts: it sets what it tells its caller anew each time, and
    /// moves nothing out of what it holds.
    /// `done` runs on the writer thread, after the fsync. Errors given to `done`: unavailable (the
    /// queue is full, the disk is full, the store has failed); those of `work`.
    /// Writes that only remove are let through when the disk is full.
    enum class Adds { yes, no };
    virtual void write(Work work, Done done, Adds adds = Adds::yes) = 0;
    /// Blocks until done; not on an I/O thread.
    Result<void> write_and_wait(Work work, Adds adds = Adds::yes);
    /// A snapshot; waits while all readers are in use.
    virtual std::unique_ptr<ReadTransaction> read() = 0;

    virtual BlobFiles& blobs() = 0;
    /// Other values from here on for those of StoreOptions.
    virtual void set_limits(std::uint64_t min_free_octets, std::size_t queue_limit) = 0;
    /// What an fsync or a commit failed with; afterwards nothing is taken until a restart.
    virtual Result<void> health() const = 0;

    struct Upkeep {
        std::int64_t expired_requests = 0, removed_blobs = 0, freed_octets = 0;
        std::map<AccountId, ModSeq> changed =
            {};  ///< accounts that lost a request, their new state
    };
    /// Removes what has expired and blobs that nothing refers to; compacts segments. Blocks.
    virtual Result<Upkeep> maintain(Time now) = 0;
    /// A consistent copy into an empty or new folder, while everything runs. Blocks.
    virtual Result<void> backup(const std::filesystem::path& folder) = 0;
    struct Census {
        std::int64_t accounts = 0, messages = 0, blobs = 0, queued = 0;
    };
    /// Every reference, every count. Errors: io, with the first thing found wrong. Blocks.
    virtual Result<Census> check() = 0;
};

/// Opens or makes the store of a folder, which no other process may have open.
/// Errors: io, conflict (another process has it), malformed (a newer version made it).
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);
/// Brings a backup back into an empty or absent folder. Errors: conflict (not empty), io.
Result<void> restore_store(const std::filesystem::path& backup,
                           const std::filesystem::path& folder);

}  // namespace kith
