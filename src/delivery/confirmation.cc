#include "delivery/confirmation.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>

#include "delivery/new_threads.h"
#include "identity/card_builder.h"
#include "identity/keystate.h"

namespace kith {
namespace {
namespace json = boost::json;

constexpr std::int64_t kExpiredAtOnce = 1'000;

std::vector<NamedKey> device_keys(const Card& card) {
    std::vector<NamedKey> keys;
    keys.reserve(card.devices.size());
    for (const CardDevice& device : card.devices)
        keys.push_back({card.key_name(device.name), device.key});
    return keys;
}

bool has_a_say(const Chain& chain, const PublicKey& key, Time now) {
    return key_state(chain, key, now).standing == KeyStanding::active;
}

Result<ConfirmSigner> check_recovery(const SignedNote& note,
                                     const PublicKey& key,
                                     const Card& card) {
    if (recovery_commitment(key) != card.recovery)
        return fail(ErrorKind::untrusted,
                    "confirm: recovery-key",
                    "is not the one that the card commits to");
    TRY(verify_note(note, NamedKey{card.address.text(), key}));
    return ConfirmSigner{.by = ConfirmSigner::By::recovery, .device = {}};
}

// Whose device signed the stub; empty: none of the newest card.
std::string device_of(const std::string& octets, const Card& card) {
    const auto note = SignedNote::parse(octets);
    if (!note)
        return {};
    const auto signers = verify_note(*note, device_keys(card));
    return signers ? card.devices[signers->front()].name : std::string();
}

}  // namespace

Result<ConfirmSigner> check_confirm(const SignedNote& note,
                                    const Confirmation& confirm,
                                    const Chain& chain,
                                    Time now) {
    const Card& card = chain.current().card;
    if (confirm.address != card.address || confirm.root != chain.root())
        return fail(ErrorKind::untrusted, "confirm: address", "is not this account's");
    if (const auto state = account_state(chain, now); state != KeyStanding::active)
        return fail(ErrorKind::denied,
                    "confirm",
                    std::string("the account is ") + name_of(state) + ": nothing goes out");
    if (confirm.recovery_key)
        return check_recovery(note, *confirm.recovery_key, card);
    for (const std::size_t index : TRY(verify_note(note, device_keys(card))))
        if (has_a_say(chain, card.devices[index].key, now))
            return ConfirmSigner{.by = ConfirmSigner::By::device,
                                 .device = card.devices[index].name};
    return fail(ErrorKind::denied,
                "confirm",
                "a device confirms nothing in its first 24 hours, unless another one has "
                "confirmed it");
}

Confirmable confirmable(const std::vector<RecipientRecord>& waiting,
                        const Confirmation& confirm,
                        const ConfirmSigner& signer,
                        const Chain& chain,
                        Time now) {
    const Card& card = chain.current().card;
    const auto speaking = std::ranges::count_if(
        card.devices, [&](const CardDevice& each) { return has_a_say(chain, each.key, now); });
    const bool needs_another = signer.by == ConfirmSigner::By::device && speaking > 1;
    const std::set<Hash> named(confirm.stubs.begin(), confirm.stubs.end());
    Confirmable found;
    for (const RecipientRecord& row : waiting) {
        const auto note = SignedNote::parse(row.stub);
        if (!note || !named.contains(note->hash()))
            continue;
        if (needs_another && device_of(row.stub, card) == signer.device)
            ++found.for_others;
        else
            found.rows.push_back(row.id);
    }
    return found;
}

Result<std::uint64_t> let_go(WriteTransaction& write,
                             AccountId account,
                             const std::vector<std::int64_t>& rows,
                             Seconds queue_life,
                             Time now) {
    std::uint64_t gone = 0;
    for (const std::int64_t id : rows) {
        auto row = write.recipient(id);
        if (!row || row->account != account || row->state != RecipientState::unconfirmed)
            continue;
        const auto note = TRY(SignedNote::parse(row->stub));
        const auto stub = TRY(parse_stub(note));
        row->state = RecipientState::queued;
        row->answer.clear();
        row->next_attempt = now;
        row->expires = std::min(stub.expires, now + queue_life);
        row->updated = now;
        write.update_recipient(*row);
        TRY(note_sent(write, account, row->stub, now));
        ++gone;
    }
    if (gone > 0)
        count_confirmed(write, account, gone, now);
    return gone;
}

std::map<AccountId, std::uint64_t> expire_unconfirmed(WriteTransaction& write, Time now) {
    std::map<AccountId, std::uint64_t> expired;
    for (RecipientRecord row : write.unconfirmed_expired(now, kExpiredAtOnce)) {
        row.state = RecipientState::failed;
        row.answer = json::serialize(json::object{
            {"type", "unconfirmed"}, {"detail", "nobody confirmed it in time: it was not sent"}});
        row.updated = now;
        write.update_recipient(row);
        ++expired[row.account];
    }
    return expired;
}

}  // namespace kith
