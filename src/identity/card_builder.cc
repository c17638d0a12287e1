#include "identity/card_builder.h"

#include <algorithm>

namespace kith {
namespace {

Error no_device(std::string_view name) {
    return fail(ErrorKind::not_found, "device", std::string(name) + " is not in the card");
}

}  // namespace

Hash recovery_commitment(const PublicKey& recovery_key) {
    return sha256(recovery_key.view());
}

Hash guardian_commitment(const PublicKey& guardian_key) {
    return sha256(guardian_key.view());
}

CardBuilder CardBuilder::first(Address address, const Hash& recovery, Time now) {
    Card card;
    card.address = std::move(address);
    card.time = now;
    card.expires = now + kCardLife;
    card.recovery = recovery;
    return CardBuilder(std::move(card));
}

CardBuilder CardBuilder::after(const SignedCard& prev, Time now) {
    Card card = prev.card;
    card.serial = prev.card.serial + 1;
    card.root = prev.root();
    card.prev = prev.hash;
    // A clock that went back must not make a card that no verifier takes.
    card.time = std::max(now, prev.card.time);
    card.expires = card.time + kCardLife;
    card.recovery_key.reset();
    card.guardian_keys.clear();
    return CardBuilder(std::move(card));
}

CardBuilder& CardBuilder::add_device(const NewDevice& device, Admission admission) {
    CardDevice added;
    added.name = device.name;
    added.key = device.key;
    added.recipient = device.recipient;
    added.added = card_.time;
    added.pending = admission == Admission::pending;
    added.server = device.kind == NewDevice::Kind::server;
    card_.devices.push_back(std::move(added));
    return *this;
}

Result<void> CardBuilder::confirm_device(std::string_view name) {
    const auto found = std::ranges::find(card_.devices, name, &CardDevice::name);
    if (found == card_.devices.end())
        return no_device(name);
    found->pending = false;
    return {};
}

Result<void> CardBuilder::remove_device(std::string_view name,
                                        Time since,
                                        RevocationReason reason) {
    const auto found = std::ranges::find(card_.devices, name, &CardDevice::name);
    if (found == card_.devices.end())
        return no_device(name);
    card_.revoked.push_back({found->name, found->key, since, reason});
    card_.devices.erase(found);
    return {};
}

CardBuilder& CardBuilder::revoke_foreign(RevokedDevice device) {
    card_.revoked.push_back(std::move(device));
    return *this;
}

CardBuilder& CardBuilder::freeze() {
    if (!card_.frozen)
        card_.frozen = card_.time;
    return *this;
}

CardBuilder& CardBuilder::thaw() {
    card_.frozen.reset();
    return *this;
}

CardBuilder& CardBuilder::move_to(const Address& address) {
    card_.moved = address;
    return *this;
}

CardBuilder& CardBuilder::go_on_there() {
    if (card_.moved)
        card_.address = *card_.moved;
    card_.moved.reset();
    return *this;
}

CardBuilder& CardBuilder::strangers(const Strangers& who) {
    card_.strangers = who;
    return *this;
}

CardBuilder& CardBuilder::guardians(std::vector<Hash> commitments, std::uint64_t needed) {
    card_.guardians = std::move(commitments);
    card_.guardians_needed =
        card_.guardians.empty() ? std::nullopt : std::optional<std::uint64_t>(needed);
    return *this;
}

CardBuilder& CardBuilder::announce(const Hash& new_recovery, std::vector<PublicKey> guardian_keys) {
    card_.replacement = {new_recovery, card_.time};
    card_.guardian_keys = std::move(guardian_keys);
    return *this;
}

CardBuilder& CardBuilder::recover(const PublicKey& recovery_key, const Hash& next_recovery) {
    card_.recovery_key = recovery_key;
    card_.recovery = next_recovery;
    card_.replacement.reset();
    return *this;
}

Result<SignedCard> sign_card(const Card& card, std::span<const CardSigner> signers) {
    const std::string text = write_card(card);
    Card parsed = TRY(parse_card(text));
    if (signers.empty())
        return fail(ErrorKind::malformed, "card: signature", "nobody signs");
    const auto name = [&](const CardSigner& signer) {
        return signer.device.empty() ? card.address.text() : card.key_name(signer.device);
    };
    SignedNote note = TRY(SignedNote::sign(text, name(signers.front()), signers.front().key));
    for (const CardSigner& signer : signers.subspan(1))
        TRY(note.cosign(name(signer), signer.key));
    const Hash hash = note.hash();
    return SignedCard{std::move(note), std::move(parsed), hash};
}

}  // namespace kith
