#include "note/card.h"

#include <algorithm>
#include <array>

namespace kith {
namespace {

constexpr std::uint64_t kMaxSerial = 1'000'000'000;
constexpr std::array<std::string_view, 17> kNames = {"address",
                                                     "serial",
                                                     "root",
                                                     "prev",
                                                     "time",
                                                     "expires",
                                                     "device",
                                                     "revoked",
                                                     "recovery",
                                                     "recovery-key",
                                                     "guardian",
                                                     "guardians",
                                                     "guardian-key",
                                                     "replacement",
                                                     "strangers",
                                                     "moved",
                                                     "frozen"};

Error bad(const char* where, std::string detail) {
    return fail(ErrorKind::malformed, where, std::move(detail));
}

// NAME KEY RECIPIENT TIME [FLAG]...
Result<CardDevice> read_device(std::string_view value) {
    const std::vector<std::string_view> words = split(value, ' ');
    if (words.size() < 4)
        return bad("device", "not name, key, recipient, time");
    CardDevice device;
    device.name = TRY(as_device_name(words[0]));
    device.key = TRY(as_key(words[1]));
    device.recipient = TRY(as_recipient(words[2]));
    device.added = TRY(as_time(words[3]));
    // In this order only, so that a device has one line.
    std::size_t at = 4;
    device.pending = at < words.size() && words[at] == "pending";
    at += device.pending ? 1 : 0;
    device.server = at < words.size() && words[at] == "server";
    at += device.server ? 1 : 0;
    if (at != words.size())
        return bad("device", "flags other than \"pending\", \"server\", in this order");
    return device;
}

std::string write_device(const CardDevice& device) {
    return device.name + " " + device.key.text() + " " + device.recipient.text() + " " +
           format_time(device.added) + (device.pending ? " pending" : "") +
           (device.server ? " server" : "");
}

// NAME KEY TIME REASON
Result<RevokedDevice> read_revoked(std::string_view value) {
    const std::vector<std::string_view> words = split(value, ' ');
    if (words.size() != 4)
        return bad("revoked", "not name, key, time, reason");
    RevokedDevice device;
    device.name = TRY(as_device_name(words[0]));
    device.key = TRY(as_key(words[1]));
    device.since = TRY(as_time(words[2]));
    device.reason = TRY(parse_revocation_reason(words[3]));
    return device;
}

std::string write_revoked(const RevokedDevice& device) {
    return device.name + " " + device.key.text() + " " + format_time(device.since) + " " +
           name_of(device.reason);
}

// HASH TIME
Result<Replacement> read_replacement(std::string_view value) {
    const std::vector<std::string_view> words = split(value, ' ');
    if (words.size() != 2)
        return bad("replacement", "not hash, time");
    return Replacement{TRY(as_hash(words[0])), TRY(as_time(words[1]))};
}

template <class T>
bool has_one_twice(std::vector<T> values) {
    std::ranges::sort(values);
    return std::ranges::adjacent_find(values) != values.end();
}

// A quorum of those who are there; an announcement is made by those who sign it.
Result<void> check_guardians(const Card& card) {
    if (card.guardians.empty() == card.guardians_needed.has_value())
        return bad("guardians", "stands with guardian lines, and with none it does not");
    if (card.guardians_needed && (*card.guardians_needed < kMinGuardiansNeeded ||
                                  *card.guardians_needed > card.guardians.size()))
        return bad("guardians", "fewer than two, or more than there are");
    if (has_one_twice(card.guardians))
        return bad("guardian", "one stands twice");
    if (has_one_twice(card.guardian_keys))
        return bad("guardian-key", "one stands twice");
    if (card.recovery_key && (!card.guardian_keys.empty() || card.replacement))
        return bad("recovery-key", "beside guardian-key or replacement");
    if (!card.guardian_keys.empty() && (!card.replacement || card.replacement->since != card.time))
        return bad("guardian-key", "without a replacement of the card's time");
    if (card.replacement && card.replacement->recovery == card.recovery)
        return bad("replacement", "commits to the key that it replaces");
    return {};
}

// Names and keys are unique within the card, the revoked ones included: a name or key that was
// taken away never comes back.
Result<void> check_unique(const Card& card) {
    std::vector<std::string_view> names;
    std::vector<PublicKey> keys;
    const auto taken = [&](std::string_view name, const PublicKey& key) {
        if (std::ranges::find(names, name) != names.end() ||
            std::ranges::find(keys, key) != keys.end())
            return true;
        names.push_back(name);
        keys.push_back(key);
        return false;
    };
    for (const CardDevice& device : card.devices)
        if (taken(device.name, device.key))
            return bad("device", "the name or key of " + device.name + " stands twice");
    for (const RevokedDevice& device : card.revoked)
        if (taken(device.name, device.key))
            return bad("revoked", "the name or key of " + device.name + " stands twice");
    return {};
}

Result<void> check_form(const Card& card) {
    if (card.serial == 0)
        return bad("serial", "begins with 1");
    if (card.is_first() == card.root.has_value())
        return bad("root", "absent in the first card, and in no other");
    if (card.is_first() == card.prev.has_value())
        return bad("prev", "absent in the first card, and in no other");
    if (card.expires <= card.time)
        return bad("expires", "not after time");
    if (card.expires - card.time > kMaxCardLife)
        return fail(ErrorKind::limit, "expires", "more than 400 days after time");
    if (card.devices.empty())
        return bad("device", "missing");
    if (card.moved == card.address)
        return bad("moved", "is the address itself");
    if (card.recovery_key && sha256(card.recovery_key->view()) == card.recovery)
        return bad("recovery", "still commits to the recovery key that is revealed");
    TRY(check_guardians(card));
    return check_unique(card);
}

Result<Card> read_fields(std::string_view text) {
    const Fields fields = TRY(Fields::parse(text, "card"));
    Card card;
    card.address = TRY(fields.required("address", as_address));
    card.serial = TRY(fields.required("serial", as_decimal<kMaxSerial>));
    card.root = TRY(fields.optional("root", as_hash));
    card.prev = TRY(fields.optional("prev", as_hash));
    card.time = TRY(fields.required("time", as_time));
    card.expires = TRY(fields.required("expires", as_time));
    card.devices = TRY(fields.list("device", kMaxDevices, read_device));
    card.revoked = TRY(fields.list("revoked", kMaxRevoked, read_revoked));
    card.recovery = TRY(fields.required("recovery", as_hash));
    card.recovery_key = TRY(fields.optional("recovery-key", as_key));
    card.guardians = TRY(fields.list("guardian", kMaxGuardians, as_hash));
    card.guardians_needed = TRY(fields.optional("guardians", as_decimal<kMaxGuardiansNeeded>));
    card.guardian_keys = TRY(fields.list("guardian-key", kMaxGuardians, as_key));
    card.replacement = TRY(fields.optional("replacement", read_replacement));
    card.strangers = TRY(fields.optional("strangers", parse_strangers));
    card.moved = TRY(fields.optional("moved", as_address));
    card.frozen = TRY(fields.optional("frozen", as_time));
    card.others = fields.others(kNames);
    TRY(check_form(card));
    return card;
}

}  // namespace

const char* name_of(RevocationReason reason) {
    switch (reason) {
        case RevocationReason::replaced:
            return "replaced";
        case RevocationReason::lost:
            return "lost";
        case RevocationReason::compromised:
            return "compromised";
    }
    return "compromised";
}

Result<RevocationReason> parse_revocation_reason(std::string_view text) {
    using enum RevocationReason;
    for (const RevocationReason reason : {replaced, lost, compromised})
        if (text == name_of(reason))
            return reason;
    return bad("reason", "not replaced, lost or compromised");
}

std::string Strangers::text() const {
    std::string words;
    for (const auto& [set, word] : {std::pair(stamp, " stamp"),
                                    std::pair(token, " token"),
                                    std::pair(introduction, " introduction")})
        words += set ? word : "";
    return words.empty() ? words : words.substr(1);
}

Result<Strangers> parse_strangers(std::string_view text) {
    Strangers who{.stamp = false, .token = false, .introduction = false};
    if (text.empty())
        return who;
    for (const std::string_view word : split(text, ' ')) {
        bool* const place = word == "stamp"          ? &who.stamp
                            : word == "token"        ? &who.token
                            : word == "introduction" ? &who.introduction
                                                     : nullptr;
        if (!place || *place)
            return bad("strangers", "not a subset of stamp, token, introduction");
        *place = true;
    }
    return who;
}

const CardDevice* Card::device(std::string_view name) const {
    const auto found = std::ranges::find(devices, name, &CardDevice::name);
    return found == devices.end() ? nullptr : &*found;
}

const CardDevice* Card::device(const PublicKey& key) const {
    const auto found = std::ranges::find(devices, key, &CardDevice::key);
    return found == devices.end() ? nullptr : &*found;
}

const RevokedDevice* Card::revoked_key(const PublicKey& key) const {
    const auto found = std::ranges::find(revoked, key, &RevokedDevice::key);
    return found == revoked.end() ? nullptr : &*found;
}

std::string Card::key_name(std::string_view device_name) const {
    return address.text() + "/" + std::string(device_name);
}

Result<Card> parse_card(std::string_view text) {
    auto card = read_fields(text);
    return card ? std::move(card) : std::move(card).error().within("card");
}

std::string write_card(const Card& card) {
    FieldWriter out("card");
    out.add("address", card.address.text()).add("serial", std::to_string(card.serial));
    out.add_if("root", card.root).add_if("prev", card.prev);
    out.add("time", format_time(card.time)).add("expires", format_time(card.expires));
    for (const CardDevice& device : card.devices)
        out.add("device", write_device(device));
    for (const RevokedDevice& device : card.revoked)
        out.add("revoked", write_revoked(device));
    out.add("recovery", card.recovery.text()).add_if("recovery-key", card.recovery_key);
    for (const Hash& guardian : card.guardians)
        out.add("guardian", guardian.text());
    if (card.guardians_needed)
        out.add("guardians", std::to_string(*card.guardians_needed));
    for (const PublicKey& key : card.guardian_keys)
        out.add("guardian-key", key.text());
    if (card.replacement)
        out.add("replacement",
                card.replacement->recovery.text() + " " + format_time(card.replacement->since));
    out.add_if("strangers", card.strangers).add_if("moved", card.moved);
    if (card.frozen)
        out.add("frozen", format_time(*card.frozen));
    for (const Field& field : card.others)
        out.add(field);
    return out.take();
}

Result<void> check_times(const Card& card, Time now) {
    if (auto good = check_not_future(card.time, now); !good)
        return std::move(good).error().within("card");
    if (auto good = check_not_expired(card.expires, now); !good)
        return std::move(good).error().within("card");
    return {};
}

Result<SignedCard> read_card(SignedNote note) {
    Card card = TRY(parse_card(note.text()));
    const Hash hash = note.hash();
    return SignedCard{std::move(note), std::move(card), hash};
}

Result<SignedCard> read_card(std::string_view octets) {
    auto note = SignedNote::parse(octets);
    if (!note)
        return std::move(note).error().within("card");
    return read_card(std::move(*note));
}

}  // namespace kith
