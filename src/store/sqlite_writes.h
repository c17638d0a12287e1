// The changes of WriteTransaction over the writer's SQLite connection.
#pragma once

#include <map>

#include "store/segments.h"
#include "store/sqlite_reads.h"

namespace kith {

/// Lives as long as the store. Each work stands between begin() and finish(); when something is
/// rolled back, forget() what was remembered of it. On the writer thread.
class SqliteWrites final : public SqliteReads, public WriteTransaction {
  public:
    SqliteWrites(sqlite::Database& database, SegmentFiles& segments)
        : SqliteReads(database), segments_(segments) {}

    /// A new work: no account has a new modseq yet.
    void begin();
    /// The work is done: bodies that nothing refers to yet get their rows.
    void finish();
    void forget();

    std::optional<BlobPlace> blob(const Hash& hash) override;
    /// As remove_message, but its stub is welcome again. nullopt: there is none.
    std::optional<MessageRecord> drop_message(AccountId account, MessageId id);

    Result<void> attempt(Keep keep, const Attempt& attempt) override;
    Result<AccountId> add_account(const AccountRecord& account) override;
    void set_account_state(AccountId id, AccountRecord::State state) override;
    void set_account_card(AccountId id, const Hash& card) override;
    void remove_account(AccountId id) override;
    void add_invitation(const InvitationRecord& invitation) override;
    void remove_invitation(const Hash& code) override;
    void add_card(const CardRecord& card) override;
    void put_grant(AccountId account, const GrantRecord& grant) override;
    void remove_grant(AccountId account, const Hash& root) override;
    void put_past_ledger(AccountId account, const Hash& root, const std::string& ledger) override;
    void remember_stub(AccountId account,
                       const Hash& from_root,
                       const std::string& stub_id,
                       const PastStub& stub,
                       Time until) override;
    void put_grant_ledger(AccountId account, const Hash& root, const std::string& ledger) override;
    void put_domain_credit(const std::string& domain, const std::string& credit) override;
    void put_shown_requests(AccountId account, const std::string& shown) override;
    void put_introduction(AccountId account, const IntroductionRecord& introduction) override;
    void remove_introduction(AccountId account,
                             const Hash& subject,
                             const Hash& introducer) override;
    void put_issued_vouch(const IssuedVouchRecord& vouch) override;
    void queue_note(const QueuedNote& note) override;
    void put_off_note(const QueuedNote& note) override;
    void remove_note(std::int64_t id) override;
    void block_domain(AccountId account, const BlockedDomain& blocked) override;
    void unblock_domain(AccountId account, const std::string& domain) override;
    void put_token(AccountId account, const TokenRecord& token) override;
    void remove_token(AccountId account, const std::string& id) override;
    void count_reply_token(AccountId account, const std::string& id, Time expires) override;
    Result<MailboxId> add_mailbox(AccountId account, const MailboxRecord& mailbox) override;
    void update_mailbox(AccountId account, const MailboxRecord& mailbox) override;
    Result<void> remove_mailbox(AccountId account, MailboxId mailbox) override;
    Result<Inserted> add_message(AccountId account, MessageRecord message) override;
    Result<void> update_message(AccountId account, const MessageRecord& message) override;
    Result<void> remove_message(AccountId account, MessageId id) override;
    SubmissionId add_submission(AccountId account,
                                MessageId message,
                                Time now,
                                std::vector<RecipientRecord> recipients) override;
    void update_recipient(const RecipientRecord& recipient) override;
    void put_sent_stub(const SentStub& stub) override;
    void remove_submission(AccountId account, SubmissionId id) override;
    std::vector<RecipientRecord> take_due(const DueRows& wanted) override;
    void release_leases(Time now) override;
    void add_small_blob(const Hash& hash, ByteView octets, Time now) override;
    void add_large_blob(const Hash& hash, std::uint64_t size, Time now) override;
    void keep_upload(AccountId account, const Hash& hash, Time until) override;
    void put_peer(const PeerRecord& peer) override;
    std::uint64_t add_log_entry(ByteView octets, const std::optional<Hash>& card) override;
    void put_log_tile(const TileId& id, ByteView octets) override;
    void put_known_log(const KnownLogRecord& log) override;
    void add_proven_card(const Hash& card) override;
    void add_session(const SessionRecord& session) override;
    void remove_sessions(AccountId account, const std::string& device) override;
    void put_device_link(const DeviceLinkRecord& link) override;
    void put_value(const std::string& key, const std::string& value) override;
    std::int64_t count(const std::string& key, std::int64_t day, std::int64_t by) override;
    void touch(AccountId account, ObjectType type, const std::string& id) override;

  private:
    enum class Change { made, removed };
    std::optional<std::string> next_queued_domain(const std::string& after);
    std::vector<RecipientRecord> due_of_domain(const std::string& domain,
                                               Time now,
                                               std::int64_t limit);
    /// A body of this work whose row is written with the first reference.
    struct FreshBlob {
        BlobPlace place;
        Time created;
    };
    /// Moves it once a work; `used` changes the account's space along with it.
    ModSeq next_modseq(AccountId account, std::int64_t used = 0);
    MessageId next_message_id();
    void note_change(AccountId account, ObjectType type, const std::string& id, Change change);
    struct Gone {
        std::int64_t id = 0;
        ModSeq created = 0;
        std::optional<MessageId> thread = std::nullopt;  ///< of a message
        MessageRecord::Notice notice = MessageRecord::Notice::told;
    };
    void note_gone(AccountId account, ObjectType type, const Gone& gone);
    void remember_message(AccountId account, const MessageRecord& message);
    void touch_mailbox(AccountId account, MailboxId mailbox);
    void refer(const Hash& blob, std::int64_t by);
    void insert_blob(const Hash& hash, const FreshBlob& fresh, std::int64_t refs);
    std::int64_t take_uid(AccountId account, MailboxId mailbox);

    SegmentFiles& segments_;
    std::map<AccountId, ModSeq> moved_;  ///< accounts whose modseq this work has moved
    std::map<Hash, FreshBlob> fresh_;
    MessageId next_id_ = 0;  ///< 0: not known yet
    MessageId ids_end_ = 0;  ///< of those set aside
};

}  // namespace kith
