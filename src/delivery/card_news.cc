#include "delivery/card_news.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "delivery/new_contact.h"

namespace kith {
namespace {

using Troubles = std::map<std::string, KeyTrouble>;

std::string heeded_key(const Hash& root) {
    return "card-heeded/" + root.hex_text();
}

std::string troubles_key(AccountId account) {
    return "key-trouble/" + std::to_string(account);
}

std::optional<KeyTrouble::What> parse_what(std::string_view text) {
    using What = KeyTrouble::What;
    for (const What what : {What::disputed, What::replacing, What::frozen})
        if (text == name_of(what))
            return what;
    return std::nullopt;
}

// One line each: root, what, since.
void put_troubles(WriteTransaction& write, AccountId account, const Troubles& troubles) {
    std::string text;
    for (const auto& [root, trouble] : troubles)
        text += root + " " + name_of(trouble.what) + " " + format_time(trouble.since) + "\n";
    write.put_value(troubles_key(account), text);
}

// False: it is as it was.
bool note_trouble(WriteTransaction& write,
                  AccountId account,
                  const std::string& root,
                  std::optional<KeyTrouble::What> what,
                  Time now) {
    Troubles troubles = keys_in_trouble(write, account);
    const auto before = troubles.find(root);
    const auto was = before == troubles.end() ? std::nullopt : std::optional(before->second.what);
    if (was == what)
        return false;
    if (what)
        troubles[root] = {*what, now};
    else
        troubles.erase(root);
    put_troubles(write, account, troubles);
    write.touch(account, ObjectType::contact, root);
    return true;
}

// The grant is the root's: what it allows, and what it has earned, goes along.
bool follow(WriteTransaction& write, AccountId account, const Chain& chain) {
    const Card& card = chain.current().card;
    auto grant = write.grant(account, chain.root());
    if (!grant || grant->address == card.address.text())
        return false;
    grant->address = card.address.text();
    grant->card = chain.current().hash;
    write.put_grant(account, *grant);
    return true;
}

}  // namespace

const char* name_of(KeyTrouble::What what) {
    switch (what) {
        case KeyTrouble::What::disputed:
            return "disputed";
        case KeyTrouble::What::replacing:
            return "replacing";
        case KeyTrouble::What::frozen:
            return "frozen";
    }
    return "frozen";
}

std::optional<KeyTrouble::What> trouble_of(const Chain& chain) {
    if (chain.standing() == Chain::Standing::disputed)
        return KeyTrouble::What::disputed;
    if (chain.current().card.replacement)
        return KeyTrouble::What::replacing;
    if (chain.current().card.frozen)
        return KeyTrouble::What::frozen;
    return std::nullopt;
}

Result<std::vector<TakenBack>> heed_card(const Chain& chain, WriteTransaction& write, Time now) {
    const auto trouble = trouble_of(chain);
    const std::string heeded = chain.current().hash.text() +
                               (chain.standing() == Chain::Standing::disputed ? " disputed" : "");
    if (write.value(heeded_key(chain.root())) == heeded)
        return std::vector<TakenBack>();
    write.put_value(heeded_key(chain.root()), heeded);
    auto all = TRY(take_back(chain, write, now));
    for (const AccountId account : write.grantors(chain.root())) {
        const bool moved = follow(write, account, chain);
        if (!note_trouble(write, account, chain.root().hex_text(), trouble, now) && !moved)
            continue;
        const auto told = std::ranges::find(all, account, &TakenBack::account);
        if (told == all.end())
            all.push_back({account, 0, write.modseq(account)});
        else
            told->state = write.modseq(account);
    }
    return all;
}

void heed_new_contact(WriteTransaction& write, AccountId account, const Hash& root, Time now) {
    std::vector<SignedCard> cards;
    for (const CardRecord& record : write.cards(root))
        if (auto card = read_card(record.note))
            cards.push_back(*std::move(card));
    if (cards.empty())
        return;
    const auto resolution = resolve(std::move(cards), root);
    if (!resolution)
        return;
    note_trouble(write, account, root.hex_text(), trouble_of(resolution->chain), now);
    tell_of_replaced_keys(resolution->chain, write, account, now);
}

Troubles keys_in_trouble(ReadTransaction& read, AccountId account) {
    Troubles troubles;
    const std::string text = read.value(troubles_key(account)).value_or("");
    for (const std::string_view line : split(text, '\n')) {
        const auto words = split(line, ' ');
        if (words.size() != 3)
            continue;
        const auto what = parse_what(words[1]);
        const auto since = parse_time(words[2]);
        if (what && since)
            troubles.emplace(words[0], KeyTrouble{*what, *since});
    }
    return troubles;
}

}  // namespace kith
