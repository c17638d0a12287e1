// The questions of ReadTransaction over a SQLite connection; shared by readers and the writer.
#pragma once

#include "store/sqlite.h"
#include "store/store.h"

namespace kith {

/// The connection must outlive it.
class SqliteReads : public virtual ReadTransaction {
  public:
    explicit SqliteReads(sqlite::Database& database) : database_(database) {}

    std::optional<AccountRecord> account(AccountId id) override;
    std::optional<AccountRecord> account(const std::string& address) override;
    std::vector<AccountRecord> accounts() override;
    std::int64_t account_count() override;
    std::optional<InvitationRecord> invitation(const Hash& code) override;
    std::optional<CardRecord> card(const Hash& hash) override;
    std::optional<CardRecord> newest_card(const Hash& root) override;
    std::vector<CardRecord> cards(const Hash& root) override;
    std::optional<GrantRecord> grant(AccountId account, const Hash& root) override;
    std::vector<GrantRecord> grants(AccountId account) override;
    std::vector<GrantRecord> grants_of(AccountId account, const std::string& address) override;
    std::optional<std::string> past_ledger(AccountId account, const Hash& root) override;
    std::vector<std::pair<AccountId, Hash>> past_ledgers() override;
    std::vector<AccountId> grantors(const Hash& root) override;
    std::optional<TokenRecord> token(AccountId account, const std::string& id) override;
    std::vector<TokenRecord> tokens(AccountId account) override;
    std::int64_t reply_token_uses(AccountId account, const std::string& id) override;
    std::optional<std::string> domain_credit(const std::string& domain) override;
    std::vector<std::string> credited_domains() override;
    std::optional<std::string> shown_requests(AccountId account) override;
    std::vector<BlockedDomain> blocked_domains(AccountId account) override;
    bool is_domain_blocked(AccountId account, const std::string& domain) override;
    std::vector<IntroductionRecord> introductions(AccountId account, const Hash& subject) override;
    std::int64_t introductions_by(AccountId account, const Hash& introducer, Time now) override;
    std::vector<std::pair<AccountId, IntroductionRecord>> introductions_since(
        const Hash& introducer, Time since) override;
    std::optional<IssuedVouchRecord> issued_vouch(const std::string& serial) override;
    std::vector<IssuedVouchRecord> issued_vouches(AccountId account, Time since) override;
    std::vector<QueuedNote> due_notes(Time now, std::int64_t limit) override;
    std::vector<MailboxRecord> mailboxes(AccountId account) override;
    std::optional<MailboxRecord> mailbox_by_role(AccountId account,
                                                 const std::string& role) override;
    MailboxCounts mailbox_counts(AccountId account, MailboxId mailbox) override;
    std::optional<MessageRecord> message(AccountId account, MessageId id) override;
    std::optional<MessageRecord> message_by_stub(AccountId account,
                                                 const Hash& from_root,
                                                 const std::string& stub_id) override;
    std::optional<KnownStub> known_stub(AccountId account,
                                        const Hash& from_root,
                                        const std::string& stub_id) override;
    std::optional<PastStub> past_stub(AccountId account,
                                      const Hash& from_root,
                                      const std::string& stub_id) override;
    MessagePage messages(AccountId account, const MessageFilter& filter) override;
    std::vector<Received> received_from(const Hash& root, Time since) override;
    std::vector<Received> received_on_word_of(const Hash& root, Time since) override;
    std::vector<MessageId> thread(AccountId account, MessageId thread) override;
    ModSeq modseq(AccountId account) override;
    ModSeq modseq(AccountId account, ObjectType type) override;
    ModSeq newest_made(AccountId account, ObjectType type) override;
    std::optional<ObjectChanges> changes(AccountId account,
                                         ObjectType type,
                                         const ChangesFrom& from,
                                         std::int64_t limit) override;
    std::optional<SubmissionRecord> submission(AccountId account, SubmissionId id) override;
    std::vector<SubmissionRecord> submissions(AccountId account) override;
    std::vector<RecipientRecord> recipients(SubmissionId submission) override;
    std::optional<RecipientRecord> recipient(std::int64_t id) override;
    std::vector<RecipientRecord> queue(std::int64_t limit) override;
    std::int64_t queue_size() override;
    std::optional<Time> next_due() override;
    std::int64_t recipients_since(AccountId account, Time since) override;
    std::vector<RecipientRecord> unconfirmed(AccountId account) override;
    std::vector<RecipientRecord> unconfirmed_expired(Time now, std::int64_t limit) override;
    std::optional<SentStub> sent_stub(const Hash& hash) override;
    std::vector<SentStub> reported_stubs(AccountId account, Time since) override;
    std::int64_t people_written_to(AccountId account, Time since) override;
    std::optional<BlobPlace> blob(const Hash& hash) override;
    bool account_has_blob(AccountId account, const Hash& hash) override;
    bool blob_is_offered(const Hash& hash, Time now) override;
    std::optional<PeerRecord> peer(const std::string& domain) override;
    std::uint64_t log_size() override;
    std::optional<LogEntryRecord> log_entry_of(const Hash& card) override;
    std::vector<LogEntryRecord> log_entries(std::uint64_t from, std::uint64_t limit) override;
    std::optional<Bytes> log_tile(const TileId& id) override;
    std::optional<KnownLogRecord> known_log(const std::string& domain) override;
    std::vector<KnownLogRecord> known_logs() override;
    bool is_card_proven(const Hash& card) override;
    std::optional<SessionRecord> session(const Hash& token) override;
    std::optional<DeviceLinkRecord> device_link(const std::string& id) override;
    std::optional<std::string> value(const std::string& key) override;
    std::int64_t counter(const std::string& key, std::int64_t day) override;

  protected:
    sqlite::Database& database() { return database_; }

  private:
    sqlite::Database& database_;
};

/// The key of the modseq up to which changes of a type are no longer known as a whole.
std::string changes_floor_key(AccountId account, ObjectType type);

}  // namespace kith
