// Chains of senders, verified once: out of what the store knows and what a delivery brought.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "identity/chain.h"
#include "store/store.h"

namespace kith {

/// Bounded, the longest unused goes first. Thread-safe.
class ChainCache {
  public:
    explicit ChainCache(std::size_t capacity = 10'000) : capacity_(capacity) {}
    ChainCache(const ChainCache&) = delete;
    ChainCache& operator=(const ChainCache&) = delete;

    /// The chain of `root` with these cards in it, beside those that the store has. What was
    /// brought is not remembered until keep(): somebody may have brought a card without its
    /// domain's signature. Errors: untrusted when no first card of that root is known, or a card
    /// breaks the rules.
    Result<std::shared_ptr<const Chain>> chain(const Hash& root,
                                               const std::vector<SignedCard>& brought,
                                               ReadTransaction& read);

    /// Only out of memory: null where the chain is not remembered, or a card that was brought is
    /// not in it.
    std::shared_ptr<const Chain> remembered(const Hash& root,
                                            const std::vector<SignedCard>& brought);

    void keep(const Hash& root, std::shared_ptr<const Chain> chain);

  private:
    std::shared_ptr<const Chain> find(const Hash& root);

    const std::size_t capacity_;
    std::mutex mutex_;
    std::list<std::pair<Hash, std::shared_ptr<const Chain>>> newest_first_;
    std::unordered_map<Hash, decltype(newest_first_)::iterator> places_;
};

}  // namespace kith
