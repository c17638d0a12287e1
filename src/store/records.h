// What the store keeps, as plain values. Addresses are in their text form, lower case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/hash.h"

namespace kith {

using AccountId = std::int64_t;
using MessageId = std::int64_t;
using MailboxId = std::int64_t;
using SubmissionId = std::int64_t;
/// Grows with every change of an account: JMAP's state, IMAP's MODSEQ.
using ModSeq = std::int64_t;

struct AccountRecord {
    AccountId id = 0;
    std::string address;
    enum class State { active, disabled, removed } state = State::active;
    Time created;
    Hash root;
    Hash card;  ///< the newest one
    ModSeq modseq = 0;
    std::uint64_t used_octets = 0;
};

struct InvitationRecord {
    Hash code;            ///< SHA-256 of the code
    std::string address;  ///< empty: any
    Time created;
    Time expires;
};

/// A card of anybody, verified before it came here.
struct CardRecord {
    Hash hash;
    Hash root;
    std::string address;
    std::int64_t serial = 1;
    std::string note;  ///< the whole note
    Time first_seen;
};

/// A recipient's own entry for a sender: a contact.
struct GrantRecord {
    Hash root;
    std::string address;
    std::string name;
    enum class Level { blocked, known, well_trusted } level = Level::known;
    enum class Verified { no, yes } verified = Verified::no;
    Hash card;           ///< pinned
    std::string source;  ///< "invite", "accepted", "by hand", …
    Time since;
    Time last_engaged;
    std::string ledger = {};  ///< one line (trust/grant_ledger.h); empty: lost, or never kept
};

/// Somebody stood for `subject` towards the account, in a letter to both.
struct IntroductionRecord {
    Hash subject;
    Hash introducer;      ///< a contact's root
    std::string address;  ///< the introducer's
    std::string serial;   ///< under which the introducer's server has booked it
    Time until;
    enum class Used { no, yes } used = Used::no;  ///< something came on it
    std::string device = {};                      ///< of the introducer, which signed it
    Time received = {};                           ///< when it came
};

/// A vouch, or one side of an introduction, that an account here gave.
struct IssuedVouchRecord {
    std::string serial;
    AccountId account = 0;
    std::string vouch;  ///< one line (trust/vouching.h)
    Time given;
};

/// A note that waits to be signed by the domain and posted to another server.
struct QueuedNote {
    std::int64_t id = 0;
    std::string domain;
    std::string text;  ///< without signatures
    std::int64_t attempts = 0;
    Time next_attempt;
    Time expires;
};

/// Nobody there is heard, unless they are a contact.
struct BlockedDomain {
    std::string domain;
    Time since;
};

struct TokenRecord {
    std::string id;  ///< as in the token's text, 16 base32 characters
    enum class Kind { invite, newsletter, card } kind = Kind::invite;
    std::string text;  ///< the whole token
    std::string label;
    std::int64_t per_day = 0;               ///< 0: no limit
    std::optional<std::int64_t> uses_left;  ///< absent: no limit
    std::optional<Hash> bound_root;
    std::string bound_address;
    std::int64_t window_day = 0;  ///< days since 1970
    std::int64_t window_used = 0;
    std::int64_t used_total = 0;
    Time created;
    std::optional<Time> expires;
    enum class Standing { valid, revoked } standing = Standing::valid;
};

struct MailboxRecord {
    MailboxId id = 0;
    std::string name;
    std::string role;  ///< empty: none
    std::optional<MailboxId> parent;
    std::int64_t sort_order = 0;
    std::int64_t uid_validity = 1;
    std::int64_t uid_next = 1;
};

struct MailboxCounts {
    std::int64_t total = 0;
    std::int64_t unread = 0;  ///< neither seen nor a draft
    std::int64_t threads = 0;
    std::int64_t unread_threads = 0;
};

enum class MessageTier { unknown, known, well_trusted, own };
enum class MessageState { delivered, held, fetching, declined, sent, draft };

struct MessageRecord {
    MessageId id = 0;
    MailboxId mailbox = 0;
    std::int64_t uid = 0;
    MessageId thread = 0;  ///< 0 on insertion: a thread of its own, or that of the message answered
    std::string stub_id;
    std::string from;
    Hash from_root;
    std::string to;  ///< received: the recipient; own: all, JSON
    Time sent_at;
    Time received_at;
    std::uint64_t size = 0;
    Hash blob;
    enum class Blob { elsewhere, here } blob_at = Blob::here;
    std::string keys;  ///< age header for this account's devices
    Bytes preview;     ///< sealed
    std::string stub;  ///< the whole note; empty for drafts
    Hash sender_card;
    MessageTier tier = MessageTier::unknown;
    std::string decision;  ///< JSON
    std::string reply_token;
    std::string answers;   ///< stub id, or empty
    std::string keywords;  ///< space-separated, sorted
    MessageState state = MessageState::delivered;
    std::optional<Time> expires;
    enum class Notice { told, quiet } notice = Notice::told;  ///< quiet: nobody is called for it
    /// What its recipient made of it; for ever, once it is there.
    enum class Outcome { none, engaged, unwanted, looks_hacked } outcome = Outcome::none;
    std::int64_t shown = 0;  ///< a request's day, since 1970: when it had its slot; 0: not yet
    std::optional<Hash> word = std::nullopt;  ///< the root of whoever stood for its sender
    ModSeq created_modseq = 0;
    ModSeq modseq = 0;
};

/// What the sender of a stub was told, until it expires, though there is no such message: its
/// recipient removed it, or nothing of it was kept. The stub that comes again is the same message,
/// and is not delivered again. `untold`: there is one, or was, of which its sender is not told.
struct PastStub {
    Hash hash;  ///< of the stub's text
    enum class Was { delivered, held, untold } was = Was::delivered;
    Time kept = {};          ///< of a held one: until when it would have been kept
    std::int64_t shown = 0;  ///< of a held one: its day, or that of its arrival where it had none
};

/// Of a message that is here: what the answer to its stub, which comes again, is made of.
struct KnownStub {
    MessageId message = 0;
    MessageState state = MessageState::held;
    std::optional<Time> expires = std::nullopt;
    std::int64_t shown = 0;
    Time received_at;
    std::string stub;
    std::string decision;
};

struct MessageFilter {
    std::optional<MailboxId> mailbox = std::nullopt;
    std::optional<MessageTier> tier = std::nullopt;
    std::optional<MessageState> state = std::nullopt;
    std::optional<std::string> stub_id = std::nullopt;
    std::optional<std::string> has_keyword = std::nullopt;
    std::optional<std::string> not_keyword = std::nullopt;
    std::optional<std::string> from_contains = std::nullopt;
    std::optional<Time> after = std::nullopt;  ///< received_at at or after
    std::optional<Time> before = std::nullopt;
    enum class Order { newest_first, oldest_first } order = Order::newest_first;
    std::int64_t position = 0;
    std::int64_t limit = 256;
};

struct MessagePage {
    std::vector<MessageId> ids;
    std::vector<MessageId> threads;  ///< of each of them
    std::int64_t total = 0;
};

enum class ObjectType { mailbox, email, submission, contact, token, device, card, identity };

/// How far a list of changes was read: all up to this change, in order of modseq and id.
struct ChangesPlace {
    ModSeq modseq = 0;
    std::string id;
    bool operator==(const ChangesPlace&) const = default;
};

/// Where a list of changes begins: the state that its reader had, and what was read since.
struct ChangesFrom {
    ModSeq since = 0;
    std::optional<ChangesPlace> read = std::nullopt;
    bool operator==(const ChangesFrom&) const = default;
};

/// What happened to objects of one type since a state; ids as text.
struct ObjectChanges {
    ModSeq state = 0;
    std::vector<std::string> created, updated, destroyed;
    /// Of messages: which thread each of `destroyed` was in; 0 where an older version removed it.
    std::vector<MessageId> destroyed_threads;
    std::optional<ChangesPlace> more;  ///< there are more behind this place
};

struct SubmissionRecord {
    SubmissionId id = 0;
    MessageId message = 0;
    Time created;
    ModSeq modseq = 0;
};

enum class RecipientState {
    queued,
    sending,
    delivered,
    held,
    needs_stamp,
    refused,
    failed,
    unconfirmed,  ///< stays here until the person confirms it
};

/// What an account sent, kept for 60 days.
struct SentStub {
    Hash hash;  ///< of the stub's text
    AccountId account = 0;
    std::string stub_id;
    std::string address;  ///< the recipient's, without a sub-address
    Time sent;
    MessageRecord::Outcome outcome = MessageRecord::Outcome::none;  ///< that its recipient told
    Time reported = {};  ///< when; 1970 while nothing was told
};

/// One recipient of a submission: a row of the outgoing queue.
struct RecipientRecord {
    std::int64_t id = 0;
    AccountId account = 0;
    SubmissionId submission = 0;
    std::string address;
    std::string domain;
    std::string stub;  ///< the note, signed by the device
    Hash blob;
    std::string token;  ///< token or reply token to send along; may be empty
    std::string stamp;
    std::string introduction = {};  ///< the note, countersigned; empty: none
    enum class Copy { open, blind } copy = Copy::open;
    RecipientState state = RecipientState::queued;
    std::string answer;  ///< JSON of the last answer
    std::int64_t attempts = 0;
    Time next_attempt;
    Time expires;
    Time updated;
    enum class Held { no, yes } held = Held::no;  ///< the recipient's server keeps the stub
};

struct PeerRecord {
    std::string domain;
    std::string record;  ///< the text of the `_kith` record
    enum class Secure { no, yes } secure = Secure::no;
    Time expires;
};

/// An entry of this domain's directory log (protocol section 10.2).
struct LogEntryRecord {
    std::uint64_t at = 0;
    Bytes octets;
    std::optional<Hash> card;  ///< whose entry it is; absent for the key's
};

/// What is known of another domain's directory log.
struct KnownLogRecord {
    std::string domain;
    std::string checkpoint;  ///< the newest that was checked, a note; may be empty
    std::string cosigned;    ///< the newest that our witness cosigned, a note; may be empty
    std::string evidence;    ///< that it lies (tlog/equivocation.h); empty: nothing is known
    Time updated;
};

struct SessionRecord {
    Hash token;  ///< SHA-256 of the bearer token
    AccountId account = 0;
    std::string device;
    Time created;
    Time expires;
};

struct DeviceLinkRecord {
    std::string id;
    AccountId account = 0;
    std::string note;   ///< the `link` note; empty until the new device has sent it
    std::string state;  ///< "waiting", "linked", "refused"
    Time expires;
};

}  // namespace kith
