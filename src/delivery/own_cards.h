// What the newest card of an account here says to those who write to it (protocol section 3).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/age_keys.h"
#include "note/address.h"
#include "note/card.h"
#include "store/store.h"

namespace kith {

struct OwnCard {
    Strangers strangers;  ///< by what way strangers are heard
    std::optional<Address> moved;
    std::string note;                   ///< the card itself, where it says `moved`
    std::vector<AgeRecipient> devices;  ///< that read, the pending ones included
};

/// Parsing a card costs as much as a signature, and cards do not change: what they say is
/// remembered. Bounded, thread-safe.
class OwnCards {
  public:
    /// Of a card by its hash; of one that is not there, or does not parse, the defaults.
    std::shared_ptr<const OwnCard> find(const Hash& card, ReadTransaction& read);

  private:
    std::mutex mutex_;
    std::map<Hash, std::shared_ptr<const OwnCard>> known_;
};

}  // namespace kith
