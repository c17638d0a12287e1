#include "kith/own_card.h"

#include <algorithm>

#include "identity/recovery_phrase.h"

namespace kith {
namespace {

Result<KnownPerson> put_card(Person& person, const SignedCard& card) {
    const auto answer = TRY(person.server().call(
        "Card/set",
        {{"create", json::object{{"new", json::object{{"note", card.note.octets()}}}}}}));
    TRY(created_in(answer, "new"));
    return person.cards().own();
}

Result<void> put_draft(Person& person, const SignedCard& card) {
    const auto answer = TRY(person.server().call(
        "CardDraft/set",
        {{"create", json::object{{"new", json::object{{"note", card.note.octets()}}}}}}));
    TRY(created_in(answer, "new"));
    return {};
}

// Could this device and another one do it? What is removed or thawed needs one that is 90 days old.
bool another_could_help(const Card& card, const std::string& device, Time now) {
    const auto* own = card.device(std::string_view(device));
    if (own == nullptr || own->pending)
        return false;
    const auto is_old = [&](const CardDevice& each) { return now - each.added >= kSeniorTime; };
    return std::ranges::any_of(card.devices, [&](const CardDevice& other) {
        return other.name != device && !other.pending && !other.server &&
               (is_old(other) || is_old(*own));
    });
}

bool another_could_confirm(const Card& card, const std::string& device) {
    const auto counts = [](const CardDevice& each) { return !each.pending; };
    const auto* own = card.device(std::string_view(device));
    return own != nullptr && counts(*own) && std::ranges::count_if(card.devices, counts) >= 2;
}

Error needs_phrase(bool confirms) {
    return fail(ErrorKind::denied,
                "your card",
                std::string(confirms ? "this needs two confirmed devices (one alone may do it 30 "
                                       "days after the device came)"
                                     : "this needs two devices, one of them 90 days old") +
                    ", or the recovery phrase: --phrase, or --recovery-file FILE");
}

}  // namespace

Result<KnownPerson> publish_card(Person& person,
                                 const KnownPerson& own,
                                 const Card& next,
                                 const CardSigner& signer) {
    const SignedCard card = TRY(sign_card(next, std::span(&signer, 1)));
    TRY(verify_next(own.chain.current(), card));
    return put_card(person, card);
}

Result<KnownPerson> publish_with_phrase(Person& person,
                                        const KnownPerson& own,
                                        CardBuilder next,
                                        const Mnemonic& phrase) {
    const auto number = find_recovery_key(phrase, own.card().recovery);
    if (!number)
        return fail(
            ErrorKind::untrusted, "recovery phrase", "is not the one that your card commits to");
    const SigningKey key = recovery_key_of(phrase, *number);
    const SigningKey after = recovery_key_of(phrase, *number + 1);
    next.recover(key.public_key(), recovery_commitment(after.public_key()));
    return publish_card(person, own, next.card(), {"", key});
}

Result<Came> publish_or_draft(Person& person, const KnownPerson& own, const Card& next) {
    const CardSigner signer{person.device(), person.keys().signing};
    const SignedCard card = TRY(sign_card(next, std::span(&signer, 1)));
    const auto alone = verify_next(own.chain.current(), card);
    if (alone) {
        TRY(put_card(person, card));
        return Came::published;
    }
    if (alone.error().kind != ErrorKind::untrusted)
        return alone.error();
    const bool takes_away =
        next.devices.size() < own.card().devices.size() || (own.card().frozen && !next.frozen);
    const bool possible = takes_away ? another_could_help(own.card(), person.device(), next.time)
                                     : another_could_confirm(own.card(), person.device());
    if (!possible)
        return needs_phrase(!takes_away);
    TRY(put_draft(person, card));
    return Came::waits;
}

Result<void> leave_draft(Person& person, const KnownPerson& own, const Card& next) {
    if (!another_could_help(own.card(), person.device(), next.time))
        return needs_phrase(false);
    const CardSigner signer{person.device(), person.keys().signing};
    return put_draft(person, TRY(sign_card(next, std::span(&signer, 1))));
}

Result<CardDraft> waiting_draft(Person& person, const KnownPerson& own) {
    const auto answer = TRY(person.server().call("CardDraft/get", {{"ids", nullptr}}));
    const auto found = objects_in(array_at(answer, "list"));
    if (found.empty())
        return fail(ErrorKind::not_found,
                    "card draft",
                    "none waits: run the command (device revoke, device confirm NAME, thaw) on the "
                    "other device first");
    SignedCard card = TRY(read_card(std::string_view(text_at(*found.front(), "note"))));
    if (card.card.prev != own.chain.current().hash)
        return fail(ErrorKind::not_found,
                    "card draft",
                    "the one that waits is void, your card has changed since: begin again");
    // A signature of a device of ours: a server alone cannot make one up.
    std::vector<NamedKey> keys;
    for (const CardDevice& device : own.card().devices)
        keys.push_back({own.card().key_name(device.name), device.key});
    const auto signers = TRY(verify_note(card.note, keys));
    return CardDraft{.id = text_at(*found.front(), "id"),
                     .by = own.card().devices[signers.front()].name,
                     .card = std::move(card),
                     .expires = text_at(*found.front(), "expiresAt")};
}

Result<CardChange> publish_draft(Person& person, const KnownPerson& own, CardDraft draft) {
    SignedCard& card = draft.card;
    TRY(card.note.cosign(card.card.key_name(person.device()), person.keys().signing));
    CardChange change = TRY(verify_next(own.chain.current(), card));
    TRY(put_card(person, card));
    return change;
}

Result<void> drop_draft(Person& person, const CardDraft& draft) {
    const auto answer =
        TRY(person.server().call("CardDraft/set", {{"destroy", json::array{draft.id}}}));
    return {};
}

std::vector<std::string> clauses_of(const Card& before, const Card& after) {
    std::vector<std::string> clauses;
    for (const CardDevice& device : before.devices) {
        const CardDevice* now = after.device(device.key);
        const RevokedDevice* revoked = after.revoked_key(device.key);
        if (now == nullptr && revoked != nullptr)
            clauses.push_back("removes " + device.name + " (" + name_of(revoked->reason) +
                              ", since " + format_time(revoked->since) + ")");
        else if (now != nullptr && device.pending && !now->pending)
            clauses.push_back("confirms " + device.name);
    }
    for (const CardDevice& device : after.devices)
        if (before.device(device.key) == nullptr)
            clauses.push_back("adds " + device.name);
    if (before.frozen && !after.frozen)
        clauses.emplace_back("thaws the account");
    if (!before.frozen && after.frozen)
        clauses.emplace_back("freezes the account");
    if (after.moved && after.moved != before.moved)
        clauses.push_back("moves the account to " + after.moved->text());
    if (after.guardians != before.guardians)
        clauses.push_back(after.guardians.empty()
                              ? "has no guardians any more"
                              : "names " + std::to_string(after.guardians.size()) + " guardians");
    if (after.strangers != before.strangers)
        clauses.emplace_back("changes what strangers may bring");
    if (clauses.empty())
        clauses.emplace_back("renews the card");
    return clauses;
}

std::string joined_clauses(const Card& before, const Card& after) {
    std::string out;
    for (const std::string& clause : clauses_of(before, after))
        out += (out.empty() ? "" : ", ") + clause;
    return out;
}

}  // namespace kith
