#include "access/own_chains.h"

namespace kith {

std::shared_ptr<const Chain> OwnChains::find(const Hash& root,
                                             const std::vector<CardRecord>& records) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(root);
    if (found == entries_.end() || found->second->cards != records.size() ||
        found->second->last != records.back().hash)
        return nullptr;
    newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    return found->second->chain;
}

void OwnChains::remember(Entry entry) {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(entry.root); found != entries_.end()) {
        newest_first_.erase(found->second);
        entries_.erase(found);
    }
    if (entries_.size() >= capacity_) {
        entries_.erase(newest_first_.back().root);
        newest_first_.pop_back();
    }
    const Hash root = entry.root;
    newest_first_.push_front(std::move(entry));
    entries_.emplace(root, newest_first_.begin());
}

Result<std::shared_ptr<const Chain>> OwnChains::get(ReadTransaction& store, const Hash& root) {
    const auto records = store.cards(root);
    if (records.empty())
        return fail(ErrorKind::not_found, "card", "is not known here");
    if (auto chain = find(root, records))
        return chain;
    std::vector<SignedCard> cards;
    cards.reserve(records.size());
    for (const CardRecord& record : records)
        cards.push_back(TRY(read_card(std::string_view(record.note))));
    auto resolution = TRY(resolve(std::move(cards), root));
    auto chain = std::make_shared<const Chain>(std::move(resolution.chain));
    remember({root, records.size(), records.back().hash, chain});
    return chain;
}

}  // namespace kith
