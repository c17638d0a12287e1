// Who writes to whom regularly: pairs of a sender's root and one of our accounts whose last message
// was delivered. In memory and no evidence: it only says which deliveries are likely to be taken
// again, and may go straight to the store's writer. Strangers, and whoever was refused, are not in
// it, so that a flood of them never reaches the writer.
#pragma once

#include <mutex>
#include <unordered_set>

#include "crypto/hash.h"
#include "note/address.h"

namespace kith {

/// Thread-safe. Bounded: when there are too many, it begins anew.
class Regulars {
  public:
    bool contains(const Hash& root, const Address& account);
    void add(const Hash& root, const Address& account);
    void remove(const Hash& root, const Address& account);

  private:
    static constexpr std::size_t kMost = 100'000;

    std::mutex mutex_;
    std::unordered_set<std::string> pairs_;
};

}  // namespace kith
