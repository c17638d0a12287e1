#include "access/guardian_cards.h"

#include <algorithm>
#include <set>

#include "protocol/delivery_body.h"

namespace kith {
namespace {

std::string key_of(AccountId account) {
    return "guardian-cards/" + std::to_string(account);
}

// Those of their time that still follow the chain.
std::vector<SignedCard> waiting_cards(ReadTransaction& store,
                                      AccountId account,
                                      const Chain& chain,
                                      Time now) {
    std::vector<SignedCard> cards;
    const auto row = parse_card_row(store.value(key_of(account)).value_or(""));
    if (!row)
        return cards;
    for (const std::string& octets : *row)
        if (auto card = read_card(std::string_view(octets));
            card && card->card.time + kGuardiansLife > now && guardians_of(chain, *card))
            cards.push_back(*std::move(card));
    return cards;
}

// The card with the signatures of guardians alone, its own and those of `more`: lines of keys that
// nobody knows must not take up the room for theirs.
Result<SignedCard> joined(const Chain& chain, const SignedCard& card, const SignedNote& more) {
    std::string octets = std::string(card.note.text()) + "\n";
    std::set<std::string> lines;
    for (const SignedNote* note : {&card.note, &more}) {
        const auto signers = TRY(guardians_of(chain, SignedCard{*note, card.card, card.hash}));
        for (const PublicKey& key : signers) {
            const NamedKey named{card.card.key_name(kGuardianName), key};
            for (const NoteSignature& signature : note->signatures())
                if (signature.key_name == named.name && signature.key_id == named.id() &&
                    lines.insert(write_signature(signature)).second)
                    octets += write_signature(signature);
        }
    }
    return read_card(octets);
}

// A text that nobody signed but who has signed another one since.
bool is_outdone(const Chain& chain, const SignedCard& old, const std::vector<PublicKey>& by) {
    const auto signers = guardians_of(chain, old);
    return signers && std::ranges::all_of(*signers, [&](const PublicKey& key) {
               return std::ranges::find(by, key) != by.end();
           });
}

void put_waiting(WriteTransaction& store, AccountId account, const std::vector<SignedCard>& cards) {
    std::vector<std::string> row;
    for (const SignedCard& card : cards)
        row.push_back(card.note.octets());
    store.put_value(key_of(account), row.empty() ? "" : write_card_row(row));
}

}  // namespace

Result<std::vector<PublicKey>> guardians_of(const Chain& chain, const SignedCard& card) {
    const SignedCard* prev = card.card.prev ? chain.find(*card.card.prev) : nullptr;
    if (prev == nullptr)
        return fail(ErrorKind::untrusted, "card: prev", "the card before is not known");
    return signing_guardians(prev->card, card);
}

Result<GatheredSignatures> gather_signatures(
    WriteTransaction& store, AccountId account, const Chain& chain, SignedCard card, Time now) {
    const auto fresh = TRY(guardians_of(chain, card));
    auto waiting = waiting_cards(store, account, chain, now);
    const auto same = std::ranges::find(waiting, card.hash, &SignedCard::hash);
    if (same != waiting.end()) {
        card = TRY(joined(chain, *same, card.note));
        waiting.erase(same);
    } else {
        card = TRY(joined(chain, card, card.note));
    }
    std::erase_if(waiting, [&](const SignedCard& old) { return is_outdone(chain, old, fresh); });
    const auto signers = TRY(guardians_of(chain, card));
    waiting.push_back(card);
    while (waiting.size() > kMaxGuardians)
        waiting.erase(waiting.begin());
    put_waiting(store, account, waiting);
    const SignedCard* prev = chain.find(*card.card.prev);
    return GatheredSignatures{.card = std::move(card),
                              .have = signers.size(),
                              .needed = static_cast<std::size_t>(
                                  prev->card.guardians_needed.value_or(kMaxGuardians + 1))};
}

void drop_guardian_cards(WriteTransaction& store, AccountId account) {
    if (store.value(key_of(account)).value_or("") != "")
        store.put_value(key_of(account), "");
}

}  // namespace kith
