// How many things of an account are being done at once. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "store/records.h"

namespace kith {

class InFlight {
  public:
    /// A place; given back when it goes. The InFlight must outlive it.
    class Place {
      public:
        Place(InFlight& owner, AccountId account) : owner_(&owner), account_(account) {}
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Place(Place&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), account_(other.account_) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (owner_ != nullptr)
                owner_->leave(account_);
        }

      private:
        InFlight* owner_;
        AccountId account_;
    };

    /// nullopt when `most` are under way already.
    std::optional<Place> enter(AccountId account, std::size_t most) {
        const std::lock_guard lock(mutex_);
        std::size_t& count = counts_[account];
        if (count >= most)
            return std::nullopt;
        ++count;
        return std::optional<Place>(std::in_place, *this, account);
    }

  private:
    void leave(AccountId account) {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(account);
        if (--found->second == 0)
            counts_.erase(found);
    }

    std::mutex mutex_;
    std::map<AccountId, std::size_t> counts_;
};

}  // namespace kith
