#include "delivery/taking_back.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "delivery/grant_ledgers.h"
#include "delivery/settling.h"
#include "delivery/taken_message.h"
#include "note/stub.h"
#include "trust/outcomes.h"

namespace kith {
namespace {

constexpr Seconds kTold = std::chrono::days{30};
constexpr std::size_t kMostNotices = 256;

std::string done_key(const Hash& root) {
    return "taken-back/" + root.hex_text();
}

std::string notices_key(AccountId account) {
    return "keys-replaced/" + std::to_string(account);
}

/// The person, and the devices that were revoked since this was looked at last.
struct Disowned {
    const Chain& chain;
    bool by_recovery = false;  ///< the recovery key said so
    std::vector<RevokedDevice> devices;
    Time since;                  ///< the earliest revocation
    std::optional<Time> thiefs;  ///< the earliest of a device that was in a thief's hands
};

// The newest card that was looked at; nullptr when none was.
const SignedCard* seen_last(ReadTransaction& read, const Chain& chain) {
    const auto hash = parse_hash(read.value(done_key(chain.root())).value_or(""));
    return hash ? chain.find(*hash) : nullptr;
}

// What this card disowns that the earlier one did not.
std::optional<Disowned> disowned(const Chain& chain,
                                 const SignedCard* seen,
                                 const SignedCard& newest) {
    std::span<const RevokedDevice> before;
    if (seen != nullptr)
        before = seen->card.revoked;
    Disowned found{.chain = chain,
                   .by_recovery = newest.card.recovery_key.has_value(),
                   .devices = newly_revoked(before, newest.card.revoked),
                   .since = Time::max(),
                   .thiefs = std::nullopt};
    if (found.devices.empty())
        return std::nullopt;
    for (const RevokedDevice& device : found.devices)
        found.since = std::min(found.since, device.since);
    found.thiefs = thiefs_since(found.devices);
    return found;
}

// The revoked device that signed it after it counted for nothing.
const RevokedDevice* revoked_signer(const Disowned& person, const MessageRecord& message) {
    const auto note = SignedNote::parse(message.stub);
    if (!note)
        return nullptr;
    for (const RevokedDevice& device : person.devices)
        if (device.since <= message.received_at &&
            carries_signature(*note, {message.from + "/" + device.name, device.key}))
            return &device;
    return nullptr;
}

Result<void> take_back_of_device(WriteTransaction& write,
                                 AccountId account,
                                 const MessageRecord& message,
                                 const RevokedDevice& device) {
    Reason reason{.code = ReasonCode::key_revoked,
                  .text = "taken back: " + message.from + " disowned the device " + device.name +
                          " (" + name_of(device.reason) + ") since " + format_time(device.since)};
    return take_back_message(write,
                             account,
                             message,
                             std::move(reason),
                             "Taken back, as unknown: it came from a device that " + message.from +
                                 " has disowned since before.");
}

Result<void> take_back_on_void_word(WriteTransaction& write,
                                    AccountId account,
                                    const MessageRecord& message,
                                    const Disowned& person) {
    const std::string introducer = person.chain.current().card.address.text();
    Reason reason{.code = ReasonCode::word_taken_back,
                  .text = "taken back: " + introducer +
                          ", on whose word it came, had lost a device since " +
                          format_time(person.since)};
    return take_back_message(write,
                             account,
                             message,
                             std::move(reason),
                             "Taken back, as unknown: it came on the word of " + introducer +
                                 ", who was robbed of a device before.");
}

// How many messages were taken back, by account. What was a request already counts for none.
using Counts = std::map<AccountId, std::size_t>;

Result<void> take_back_messages(WriteTransaction& write,
                                const Disowned& person,
                                Time now,
                                Counts& counts) {
    for (const auto& [account, id] : write.received_from(person.chain.root(), person.since)) {
        const auto message = write.message(account, id);
        const RevokedDevice* signer = message ? revoked_signer(person, *message) : nullptr;
        if (signer == nullptr || message->state == MessageState::declined)
            continue;
        undo_engagement(write, account, *message, now);
        TRY(take_back_of_device(write, account, *message, *signer));
        counts[account] += was_heard(*message) ? 1 : 0;
    }
    return {};
}

// Who was no more than introduced by it is a stranger again.
void drop_introduced(WriteTransaction& write, AccountId account, const Hash& subject, Time now) {
    const auto grant = write.grant(account, subject);
    if (grant && ledger_of(*grant, now).standing(now) == GrantStanding::introduced &&
        write.introductions(account, subject).empty())
        write.remove_grant(account, subject);
}

// By their serials.
std::set<std::string> cancel_introductions(WriteTransaction& write,
                                           const Disowned& person,
                                           Time now) {
    std::set<std::string> cancelled;
    for (const auto& [account, each] :
         write.introductions_since(person.chain.root(), person.since)) {
        const auto signer = std::ranges::find(person.devices, each.device, &RevokedDevice::name);
        if (signer == person.devices.end() || signer->since > each.received)
            continue;
        cancelled.insert(each.serial);
        write.remove_introduction(account, each.subject, each.introducer);
        drop_introduced(write, account, each.subject, now);
    }
    return cancelled;
}

// A vouch is given by a server, for whomever the thief had made a contact.
bool is_void_word(const MessageRecord& message,
                  const Disowned& person,
                  const std::set<std::string>& cancelled) {
    const auto decision = parse_decision(message.decision);
    if (!decision)
        return false;
    if (decision->has(ReasonCode::vouched))
        return person.thiefs && *person.thiefs <= message.received_at;
    const auto introducer = introducer_of(*decision);
    return introducer && cancelled.contains(introducer->serial);
}

// Whom the recipient answered meanwhile they have heard on their own judgement.
Result<void> take_back_introduced(WriteTransaction& write,
                                  const Disowned& person,
                                  Time now,
                                  Counts& counts) {
    const auto cancelled = cancel_introductions(write, person, now);
    for (const auto& [account, id] : write.received_on_word_of(person.chain.root(), person.since)) {
        const auto message = write.message(account, id);
        if (!message || !was_heard(*message) ||
            message->outcome == MessageRecord::Outcome::engaged ||
            !is_void_word(*message, person, cancelled))
            continue;
        TRY(take_back_on_void_word(write, account, *message, person));
        ++counts[account];
    }
    return {};
}

// Of a device that was replaced or lost in peace nobody need hear.
bool is_worth_telling(const Disowned& person, std::size_t messages) {
    return messages > 0 || person.by_recovery;
}

using Notices = std::map<std::string, KeyReplaced>;

// One line each: root, when, T0, how many.
void put_notice(WriteTransaction& write,
                AccountId account,
                const Disowned& person,
                const KeyReplaced& notice) {
    const std::string root = person.chain.root().hex_text();
    Notices notices = keys_replaced(write, account, notice.at);
    notices.insert_or_assign(root, notice);
    if (notices.size() > kMostNotices)
        notices.erase(std::ranges::min_element(
            notices, {}, [](const auto& entry) { return entry.second.at; }));
    std::string text;
    for (const auto& [of, each] : notices)
        text += of + " " + format_time(each.at) + " " + format_time(each.since) + " " +
                std::to_string(each.messages) + "\n";
    write.put_value(notices_key(account), text);
    write.touch(account, ObjectType::contact, root);
}

// The newest card of the chain that disowns any.
std::optional<std::pair<Disowned, const SignedCard*>> disowned_last(const Chain& chain) {
    const auto line = chain.line();
    for (std::size_t i = line.size(); i-- > 1;)
        if (auto found = disowned(chain, line[i - 1], *line[i]))
            return std::pair(*std::move(found), line[i]);
    return std::nullopt;
}

// Of what is marked the account has been robbed of some, and was never heard of the rest.
std::size_t marked_messages(ReadTransaction& read, AccountId account, const Disowned& person) {
    std::size_t marked = 0;
    for (const auto& [of, id] : read.received_from(person.chain.root(), person.since)) {
        if (of != account)
            continue;
        const auto message = read.message(of, id);
        if (!message)
            continue;
        const auto decision = parse_decision(message->decision);
        marked += decision && decision->has(ReasonCode::key_revoked) ? 1 : 0;
    }
    return marked;
}

}  // namespace

std::set<ObjectType> types_taken_back() {
    return {ObjectType::email, ObjectType::mailbox, ObjectType::contact};
}

std::vector<RevokedDevice> newly_revoked(std::span<const RevokedDevice> before,
                                         std::span<const RevokedDevice> after) {
    std::vector<RevokedDevice> found;
    std::ranges::copy_if(after, std::back_inserter(found), [&](const RevokedDevice& device) {
        return std::ranges::find(before, device) == before.end();
    });
    return found;
}

std::optional<Time> thiefs_since(std::span<const RevokedDevice> devices) {
    std::optional<Time> since;
    for (const RevokedDevice& device : devices)
        if (device.reason == RevocationReason::compromised)
            since = std::min(since.value_or(device.since), device.since);
    return since;
}

bool carries_signature(const SignedNote& note, const NamedKey& key) {
    return std::ranges::any_of(note.signatures(), [&](const NoteSignature& signature) {
        return signature.key_name == key.name && signature.key_id == key.id();
    });
}

bool is_taken_back(ReadTransaction& read, const Hash& root, const Hash& newest) {
    return read.value(done_key(root)) == newest.text();
}

Result<std::vector<TakenBack>> take_back(const Chain& chain, WriteTransaction& write, Time now) {
    std::vector<TakenBack> all;
    const Hash& newest = chain.current().hash;
    if (is_taken_back(write, chain.root(), newest))
        return all;
    const auto person = disowned(chain, seen_last(write, chain), chain.current());
    if (!person)
        return all;
    write.put_value(done_key(chain.root()), newest.text());
    Counts counts;
    TRY(take_back_messages(write, *person, now, counts));
    TRY(take_back_introduced(write, *person, now, counts));
    const auto contacts = write.grantors(chain.root());
    for (const AccountId account : contacts)
        counts.try_emplace(account, 0);
    for (const auto& [account, messages] : counts) {
        const bool is_contact = std::ranges::find(contacts, account) != contacts.end();
        const bool is_told = is_contact && is_worth_telling(*person, messages);
        if (is_told)
            put_notice(
                write, account, *person, {.at = now, .since = person->since, .messages = messages});
        if (is_told || !is_contact)
            all.push_back({account, messages, write.modseq(account)});
    }
    return all;
}

void tell_of_replaced_keys(const Chain& chain,
                           WriteTransaction& write,
                           AccountId account,
                           Time now) {
    const auto last = disowned_last(chain);
    if (!last)
        return;
    const auto& [person, card] = *last;
    const auto record = write.card(card->hash);
    const Time at = record ? record->first_seen : now;
    const std::size_t messages = marked_messages(write, account, person);
    if (at + kTold >= now && is_worth_telling(person, messages) &&
        !keys_replaced(write, account, now).contains(chain.root().hex_text()))
        put_notice(write, account, person, {.at = at, .since = person.since, .messages = messages});
}

std::map<std::string, KeyReplaced> keys_replaced(ReadTransaction& read,
                                                 AccountId account,
                                                 Time now) {
    Notices notices;
    const std::string text = read.value(notices_key(account)).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() != 4)
            continue;
        const auto at = parse_time(words[1]);
        const auto since = parse_time(words[2]);
        const auto messages = parse_decimal(words[3], UINT32_MAX);
        if (at && since && messages && *at + kTold >= now)
            notices.emplace(words[0], KeyReplaced{*at, *since, *messages});
    }
    return notices;
}

}  // namespace kith
