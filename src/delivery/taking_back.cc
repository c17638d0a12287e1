#include "delivery/taking_back.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "note/stub.h"
#include "trust/decision.h"

namespace kith {
namespace {

constexpr std::string_view kSeen = "$seen";
constexpr Seconds kTold = std::chrono::days{30};
constexpr std::int64_t kPage = 256;
constexpr std::size_t kMostNotices = 256;

std::string done_key(const Hash& root) {
    return "taken-back/" + root.hex_text();
}

std::string notices_key(AccountId account) {
    return "keys-replaced/" + std::to_string(account);
}

bool is_read(const MessageRecord& message) {
    const auto words = split(message.keywords, ' ');
    return std::ranges::find(words, kSeen) != words.end();
}

/// The person, and the devices that were revoked since this was looked at last.
struct Disowned {
    const Chain& chain;
    std::vector<RevokedDevice> devices;
    std::set<std::string> addresses;  ///< all that the chain ever had
    Time since;                       ///< the earliest revocation
};

// The newest card that was looked at; nullptr when none was.
const SignedCard* seen_last(ReadTransaction& read, const Chain& chain) {
    const auto hash = parse_hash(read.value(done_key(chain.root())).value_or(""));
    return hash ? chain.find(*hash) : nullptr;
}

std::optional<Disowned> disowned(const Chain& chain, const SignedCard* seen) {
    Disowned found{.chain = chain, .devices = {}, .addresses = {}, .since = Time::max()};
    for (const RevokedDevice& device : chain.current().card.revoked) {
        if (seen != nullptr &&
            std::ranges::find(seen->card.revoked, device) != seen->card.revoked.end())
            continue;
        found.devices.push_back(device);
        found.since = std::min(found.since, device.since);
    }
    if (found.devices.empty())
        return std::nullopt;
    for (const SignedCard* card : chain.line())
        found.addresses.insert(card->card.address.text());
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

std::string decision_text(const MessageRecord& message, const RevokedDevice& device) {
    Decision decision;
    decision.outcome = decision.told = Outcome::hold;
    decision.folder = is_read(message) ? Folder::inbox : Folder::requests;
    decision.flags.active_content_off = true;
    decision.reasons.push_back({.code = ReasonCode::key_revoked,
                                .text = "taken back: " + message.from + " disowned the device " +
                                        device.name + " (" + name_of(device.reason) + ") since " +
                                        format_time(device.since)});
    decision.text = "Taken back, as unknown: it came from a device that " + message.from +
                    " has disowned since before.";
    return write_decision(decision);
}

// All at once, before any of them changes.
std::vector<MessageId> came_since(ReadTransaction& read,
                                  AccountId account,
                                  const Disowned& person) {
    std::set<MessageId> found;
    for (const std::string& address : person.addresses) {
        MessageFilter filter;
        filter.from_contains = address;
        filter.after = person.since;
        filter.limit = kPage;
        for (;; filter.position += kPage) {
            const auto page = read.messages(account, filter);
            found.insert(page.ids.begin(), page.ids.end());
            if (std::ssize(page.ids) < kPage)
                break;
        }
    }
    return {found.begin(), found.end()};
}

// An unread one loses its body; the stub stays, so that its owner may still ask for it.
Result<void> take_back_one(WriteTransaction& write,
                           AccountId account,
                           MessageRecord message,
                           const RevokedDevice& device) {
    message.tier = MessageTier::unknown;
    message.decision = decision_text(message, device);
    const auto requests = write.mailbox_by_role(account, "requests");
    const auto note = SignedNote::parse(message.stub);
    const auto stub = note ? parse_stub(*note) : Result<Stub>(note.error());
    if (!is_read(message) && requests && stub) {
        message.state = MessageState::held;
        message.mailbox = requests->id;
        message.blob_at = MessageRecord::Blob::elsewhere;
        message.expires = stub->expires;
    }
    return write.update_message(account, message);
}

Result<std::size_t> take_back_from(WriteTransaction& write,
                                   AccountId account,
                                   const Disowned& person) {
    std::size_t count = 0;
    for (const MessageId id : came_since(write, account, person)) {
        const auto message = write.message(account, id);
        const bool stands = message && message->from_root == person.chain.root() &&
                            message->state == MessageState::delivered &&
                            message->tier != MessageTier::unknown &&
                            message->tier != MessageTier::own;
        const RevokedDevice* signer = stands ? revoked_signer(person, *message) : nullptr;
        if (signer == nullptr)
            continue;
        TRY(take_back_one(write, account, *message, *signer));
        ++count;
    }
    return count;
}

// Of a device that was replaced or lost in peace nobody need hear.
bool is_worth_telling(const Disowned& person, std::size_t messages) {
    return messages > 0 || person.chain.current().card.recovery_key.has_value();
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

}  // namespace

std::set<ObjectType> types_taken_back() {
    return {ObjectType::email, ObjectType::mailbox, ObjectType::contact};
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
    const auto person = disowned(chain, seen_last(write, chain));
    if (!person)
        return all;
    write.put_value(done_key(chain.root()), newest.text());
    for (const AccountId account : write.grantors(chain.root())) {
        const std::size_t messages = TRY(take_back_from(write, account, *person));
        if (!is_worth_telling(*person, messages))
            continue;
        put_notice(
            write, account, *person, {.at = now, .since = person->since, .messages = messages});
        all.push_back({account, messages, write.modseq(account)});
    }
    return all;
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
