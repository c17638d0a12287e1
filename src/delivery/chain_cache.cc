#include "delivery/chain_cache.h"

#include <algorithm>

namespace kith {

std::shared_ptr<const Chain> ChainCache::find(const Hash& root) {
    const std::scoped_lock lock(mutex_);
    const auto at = places_.find(root);
    if (at == places_.end())
        return nullptr;
    newest_first_.splice(newest_first_.begin(), newest_first_, at->second);
    return at->second->second;
}

void ChainCache::keep(const Hash& root, std::shared_ptr<const Chain> chain) {
    const std::scoped_lock lock(mutex_);
    const auto at = places_.find(root);
    if (at != places_.end() && at->second->second == chain)
        return;
    if (at != places_.end())
        newest_first_.erase(at->second);
    newest_first_.emplace_front(root, std::move(chain));
    places_[root] = newest_first_.begin();
    if (newest_first_.size() > capacity_) {
        places_.erase(newest_first_.back().first);
        newest_first_.pop_back();
    }
}

std::shared_ptr<const Chain> ChainCache::remembered(const Hash& root,
                                                    const std::vector<SignedCard>& brought) {
    auto known = find(root);
    const auto holds = [&known](const SignedCard& card) {
        return known->find(card.hash) != nullptr;
    };
    return known && std::ranges::all_of(brought, holds) ? known : nullptr;
}

Result<std::shared_ptr<const Chain>> ChainCache::chain(const Hash& root,
                                                       const std::vector<SignedCard>& brought,
                                                       ReadTransaction& read) {
    if (auto known = remembered(root, brought))
        return known;
    // In the order in which they became known: what the store has first.
    std::vector<SignedCard> cards;
    for (const CardRecord& record : read.cards(root))
        cards.push_back(TRY(read_card(record.note)));
    for (const SignedCard& card : brought)
        if (std::ranges::find(cards, card.hash, &SignedCard::hash) == cards.end())
            cards.push_back(card);
    Resolution resolution = TRY(resolve(std::move(cards), root));
    for (const auto& [hash, why] : resolution.refused)
        if (std::ranges::find(brought, hash, &SignedCard::hash) != brought.end())
            return Error(why);
    return std::make_shared<const Chain>(std::move(resolution.chain));
}

}  // namespace kith
