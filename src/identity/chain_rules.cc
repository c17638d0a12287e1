// The rules for one step: verify_first, verify_next, listed_by (protocol section 3.1).
#include <algorithm>
#include <optional>

#include "identity/chain.h"

namespace kith {
namespace {

// What those who signed may do together.
class Say {
  public:
    explicit Say(Time now) : now_(now) {}

    void add(const CardDevice& device) {
        if (device.pending && now_ - device.added < kPendingTime)
            return;
        names_.push_back(device.name);
        // A second voice must not come from a device that one voice alone let in and that nobody
        // confirmed: else a thief of one device would have two, freeze or not.
        if (device.pending)
            return;
        ++confirmed_;
        senior_ = senior_ || now_ - device.added >= kSeniorTime;
    }
    void add_recovery() { recovery_ = true; }

    bool recovery() const { return recovery_; }
    bool any() const { return recovery_ || !names_.empty(); }
    bool two() const { return recovery_ || confirmed_ >= 2; }
    bool two_with_senior() const { return recovery_ || (confirmed_ >= 2 && senior_); }
    const std::vector<std::string>& names() const { return names_; }

  private:
    Time now_;
    std::vector<std::string> names_;
    std::size_t confirmed_ = 0;
    bool senior_ = false;
    bool recovery_ = false;
};

Error broken(const char* field, std::string detail) {
    return fail(ErrorKind::malformed, std::string("card: ") + field, std::move(detail));
}

Error unsigned_change(const char* field, std::string detail) {
    return fail(ErrorKind::untrusted, std::string("card: ") + field, std::move(detail));
}

constexpr const char* kNeedsTwo =
    " needs two devices, one of them 90 days old, or the recovery key";

// Who signed `next`. Signatures are made under the names of next's own address; the new devices'
// are verified (a bad one refuses the card) but count for nothing.
Result<Say> who_signed(const Card& prev, const SignedCard& next) {
    std::vector<NamedKey> known;
    known.reserve(prev.devices.size());
    for (const CardDevice& device : prev.devices)
        known.push_back({next.card.key_name(device.name), device.key});
    const std::size_t old_devices = known.size();
    if (next.card.recovery_key)
        known.push_back({next.card.address.text(), *next.card.recovery_key});
    for (const CardDevice& device : next.card.devices)
        if (!prev.device(device.key))
            known.push_back({next.card.key_name(device.name), device.key});
    auto signers = verify_note(next.note, known);
    if (!signers)
        return std::move(signers).error().within("card");
    Say say(next.card.time);
    for (const std::size_t i : *signers) {
        if (i < old_devices)
            say.add(prev.devices[i]);
        else if (i == old_devices && next.card.recovery_key)
            say.add_recovery();
    }
    if (!say.any())
        return unsigned_change("signature", "no key that has a say in the card before signed");
    return say;
}

Result<void> check_links(const SignedCard& prev, const SignedCard& next) {
    if (next.card.is_first() || next.card.serial != prev.card.serial + 1)
        return broken("serial", "is not the previous one plus one");
    if (*next.card.prev != prev.hash)
        return unsigned_change("prev", "is not the hash of the card before");
    if (*next.card.root != prev.root())
        return unsigned_change("root", "is not the hash of the first card");
    if (next.card.time < prev.card.time)
        return broken("time", "before the previous card's");
    return {};
}

Result<void> check_recovery(const Card& prev,
                            const Card& next,
                            const Say& say,
                            CardChange& change) {
    if (!next.recovery_key) {
        if (next.recovery != prev.recovery)
            return unsigned_change("recovery", "changes without the recovery key");
        if (next.replacement != prev.replacement)
            return unsigned_change("replacement", "changes without recovery key or guardians");
        if (next.guardians != prev.guardians || next.guardians_needed != prev.guardians_needed)
            return unsigned_change("guardian", "changes without the recovery key");
        return {};
    }
    const Hash revealed = sha256(next.recovery_key->view());
    const bool replaces = prev.replacement && revealed == prev.replacement->recovery;
    if (revealed != prev.recovery && !replaces)
        return unsigned_change("recovery-key", "is not the one that the card before commits to");
    if (replaces && next.time - prev.replacement->since < kReplacementWait)
        return unsigned_change("recovery-key",
                               "is the guardians', and signs 72 hours after their announcement");
    if (!say.recovery())
        return unsigned_change("recovery-key", "is revealed, but did not sign");
    change.replaced = replaces;
    return {};
}

Result<void> check_address(const Card& prev, const Card& next, const Say& say, CardChange& change) {
    const bool goes_on = next.address != prev.address;
    if (goes_on && prev.moved != next.address)
        return broken("address", "changes without a move before");
    const std::optional<Address> expected = goes_on ? std::nullopt : prev.moved;
    if (next.moved != expected && !say.two_with_senior())
        return unsigned_change("moved", std::string("a move") + kNeedsTwo);
    change.moved = goes_on || next.moved != expected;
    return {};
}

Result<void> check_frozen(const Card& prev, const Card& next, const Say& say, CardChange& change) {
    change.thawed = prev.frozen && !next.frozen;
    change.froze = !prev.frozen && next.frozen;
    if (change.thawed && !say.two_with_senior())
        return unsigned_change("frozen", std::string("a thaw") + kNeedsTwo);
    if (change.froze && *next.frozen != next.time)
        return broken("frozen", "is not the card's time");
    if (prev.frozen && next.frozen && *prev.frozen != *next.frozen)
        return broken("frozen", "changes its time");
    if (prev.frozen && next.frozen && !say.recovery())
        return unsigned_change("frozen", "devices of a frozen account can but thaw it");
    return {};
}

Result<void> check_kept(const CardDevice& before,
                        const CardDevice& after,
                        Time now,
                        const Say& say) {
    CardDevice same = after;
    same.pending = before.pending;
    if (same != before)
        return broken("device", "the line of " + before.name + " changes");
    if (after.pending && !before.pending)
        return broken("device", before.name + " becomes pending again");
    const bool confirmed = before.pending && !after.pending;
    if (confirmed && !say.two() && now - before.added < kRipeTime)
        return unsigned_change(
            "device",
            before.name + " is confirmed by two devices, the recovery key, or one after 30 days");
    return {};
}

Result<void> check_old_devices(const Card& prev,
                               const Card& next,
                               const Say& say,
                               CardChange& change) {
    for (const CardDevice& before : prev.devices) {
        if (const CardDevice* after = next.device(before.name)) {
            TRY(check_kept(before, *after, next.time, say));
            if (before.pending && !after->pending)
                change.confirmed.push_back(before.name);
            continue;
        }
        const RevokedDevice* revoked = next.revoked_key(before.key);
        if (!revoked || revoked->name != before.name)
            return broken("revoked", before.name + " is gone, but not listed as revoked");
        if (!say.two_with_senior())
            return unsigned_change("device", "removing " + before.name + kNeedsTwo);
        change.removed.push_back(before.name);
    }
    return {};
}

Result<void> check_new_devices(const Card& prev,
                               const Card& next,
                               const Say& say,
                               CardChange& change) {
    for (const CardDevice& device : next.devices) {
        if (prev.device(device.name))
            continue;
        if (device.added != next.time)
            return broken("device", "the time of " + device.name + " is not the card's");
        if (!device.pending && !say.two())
            return unsigned_change("device",
                                   device.name + " must be pending: one device alone adds it");
        change.added.push_back(device.name);
    }
    return {};
}

Result<void> check_revoked(const Card& prev, const Card& next, const Say& say) {
    for (const RevokedDevice& entry : prev.revoked)
        if (std::ranges::find(next.revoked, entry) == next.revoked.end())
            return broken("revoked", entry.name + " is dropped or changed");
    for (const RevokedDevice& entry : next.revoked) {
        if (std::ranges::find(prev.revoked, entry) != prev.revoked.end())
            continue;
        if (entry.since > next.time)
            return broken("revoked", entry.name + " is revoked after the card's time");
        if (next.time - entry.since > kMaxLookBack)
            return broken("revoked", entry.name + " is revoked more than 30 days back");
        const CardDevice* device = prev.device(entry.key);
        if (!say.recovery() && (!device || device->name != entry.name))
            return unsigned_change("revoked", entry.name + " was no device of the card before");
    }
    return {};
}

}  // namespace

// Keys of others may stand beside theirs: so one text serves for
// whichever of them come.
Result<std::vector<PublicKey>> signing_guardians(const Card& prev, const SignedCard& next) {
    std::vector<NamedKey> known;
    for (const PublicKey& key : next.card.guardian_keys) {
        const Hash name = sha256(key.view());
        if (std::ranges::find(prev.guardians, name) == prev.guardians.end())
            return unsigned_change("guardian-key", "is not of a guardian of the card before");
        known.push_back({next.card.key_name(kGuardianName), key});
    }
    auto signers = verify_note(next.note, known);
    if (!signers)
        return std::move(signers).error().within("card");
    std::vector<PublicKey> signed_by;
    for (const std::size_t i : *signers)
        signed_by.push_back(known[i].key);
    return signed_by;
}

namespace {

// Guardians say that the recovery key is lost, which is the next one, and perhaps freeze. They
// change nothing else: who holds a quorum of them still has no device here.
Result<CardChange> verify_announcement(const SignedCard& prev, const SignedCard& next) {
    const Card& before = prev.card;
    const Card& after = next.card;
    const auto signers = TRY(signing_guardians(before, next));
    if (signers.size() < before.guardians_needed.value_or(kMaxGuardians + 1))
        return unsigned_change("guardian-key", "fewer signed than `guardians` says");
    const auto kept = [](bool same, const char* field) -> Result<void> {
        return same ? Result<void>()
                    : unsigned_change(field, "changes, which guardians have no say over");
    };
    TRY(kept(after.address == before.address, "address"));
    TRY(kept(after.devices == before.devices, "device"));
    TRY(kept(after.revoked == before.revoked, "revoked"));
    TRY(kept(after.recovery == before.recovery, "recovery"));
    TRY(kept(after.guardians == before.guardians, "guardian"));
    TRY(kept(after.guardians_needed == before.guardians_needed, "guardians"));
    TRY(kept(after.strangers == before.strangers, "strangers"));
    TRY(kept(after.moved == before.moved, "moved"));
    TRY(kept(!before.frozen || after.frozen == before.frozen, "frozen"));
    CardChange change;
    change.by = CardChange::By::guardians;
    change.froze = !before.frozen && after.frozen;
    if (change.froze && *after.frozen != after.time)
        return broken("frozen", "is not the card's time");
    return change;
}

}  // namespace

const char* name_of(CardChange::By by) {
    switch (by) {
        case CardChange::By::devices:
            return "devices";
        case CardChange::By::recovery:
            return "recovery";
        case CardChange::By::guardians:
            return "guardians";
    }
    return "devices";
}

Result<void> verify_first(const SignedCard& first) {
    const Card& card = first.card;
    if (!card.is_first())
        return broken("serial", "a first card has 1");
    if (card.recovery_key)
        return broken("recovery-key", "in a first card");
    if (!card.revoked.empty())
        return broken("revoked", "in a first card");
    if (card.moved)
        return broken("moved", "in a first card");
    if (card.frozen)
        return broken("frozen", "in a first card");
    if (card.replacement)
        return broken("replacement", "in a first card");
    std::vector<NamedKey> known;
    for (const CardDevice& device : card.devices) {
        if (device.pending || device.added != card.time)
            return broken("device", device.name + ": pending, or another time than the card's");
        known.push_back({card.key_name(device.name), device.key});
    }
    if (auto signers = verify_note(first.note, known); !signers)
        return std::move(signers).error().within("card");
    return {};
}

Result<CardChange> verify_next(const SignedCard& prev, const SignedCard& next) {
    TRY(check_links(prev, next));
    if (!next.card.guardian_keys.empty())
        return verify_announcement(prev, next);
    const Say say = TRY(who_signed(prev.card, next));
    CardChange change;
    TRY(check_recovery(prev.card, next.card, say, change));
    change.by = say.recovery() ? CardChange::By::recovery : CardChange::By::devices;
    change.signers = say.names();
    TRY(check_address(prev.card, next.card, say, change));
    TRY(check_frozen(prev.card, next.card, say, change));
    TRY(check_old_devices(prev.card, next.card, say, change));
    TRY(check_new_devices(prev.card, next.card, say, change));
    TRY(check_revoked(prev.card, next.card, say));
    return change;
}

Result<void> listed_by(const SignedCard& card, std::span<const PublicKey> domain_keys) {
    std::vector<NamedKey> known;
    for (const PublicKey& key : domain_keys)
        known.push_back({card.card.address.domain(), key});
    auto signers = verify_note(card.note, known);
    if (signers)
        return {};
    Error error = std::move(signers).error();
    error.where = "card: domain";
    if (error.kind == ErrorKind::untrusted)
        error.detail = known.empty() ? "no key of the domain is known"
                                     : card.card.address.domain() + " did not sign the card";
    return error;
}

}  // namespace kith
