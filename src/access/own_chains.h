// The chains of people, out of the cards that the store keeps. Verifying a chain costs a signature
// or two a card, so the last ones are remembered. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "identity/chain.h"
#include "store/store.h"

namespace kith {

class OwnChains {
  public:
    explicit OwnChains(std::size_t capacity = 4096) : capacity_(capacity) {}
    OwnChains(const OwnChains&) = delete;
    OwnChains& operator=(const OwnChains&) = delete;

    /// Errors: not_found ("card") when the store has no card of that root; untrusted.
    Result<std::shared_ptr<const Chain>> get(ReadTransaction& store, const Hash& root);

  private:
    struct Entry {
        Hash root;
        std::size_t cards = 0;  ///< how many they were, and the last of them: cards are only added
        Hash last;
        std::shared_ptr<const Chain> chain;
    };

    std::shared_ptr<const Chain> find(const Hash& root, const std::vector<CardRecord>& records);
    void remember(Entry entry);

    const std::size_t capacity_;
    std::mutex mutex_;
    std::list<Entry> newest_first_;
    std::unordered_map<Hash, std::list<Entry>::iterator> entries_;
};

}  // namespace kith
