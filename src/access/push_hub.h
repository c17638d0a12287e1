// Who waits for changes of which account, and telling them (RFC 8620 section 7). Whatever writes to
// the store calls changed() once its commit is durable: delivery, the queue, /set methods.
//
// A subscription holds no more than which types changed: so it is bounded whatever happens, and
// many changes become one event. What the states are is read when the event is written.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/adjustable.h"
#include "base/time.h"
#include "net/awaitable.h"
#include "store/records.h"

namespace kith {

/// Whose connection it is; a revoked device's are ended.
struct PushOwner {
    AccountId account = 0;
    std::string device;
};

/// What an event source has not been told yet.
struct PushNews {
    std::set<ObjectType> types;
    ModSeq state = 0;  ///< the account's, after the last of the changes
};

/// One event source. next() and stop() belong to the thread of its executor.
class PushSubscription : public std::enable_shared_from_this<PushSubscription> {
  public:
    PushSubscription(Executor executor, PushOwner owner);

    /// What changed since the last call; empty when `limit` passed first. After ended(): empty at
    /// once.
    awaitable<PushNews> next(Milliseconds limit);
    /// No more events: a waiting next() returns. Any thread.
    void stop();
    bool ended() const;
    const PushOwner& owner() const { return owner_; }

  private:
    friend class PushHub;
    void add(const std::set<ObjectType>& types, ModSeq state);
    PushNews take();
    void wake();

    Executor executor_;
    PushOwner owner_;
    boost::asio::steady_timer timer_;  ///< used on the executor alone
    mutable std::mutex mutex_;
    PushNews waiting_;
    bool ended_ = false;
};

/// Thread-safe.
class PushHub {
  public:
    explicit PushHub(std::size_t most_per_account) : most_(most_per_account) {}
    PushHub(const PushHub&) = delete;
    PushHub& operator=(const PushHub&) = delete;

    /// For those to come; any thread.
    void set_most(std::size_t most_per_account) { most_ = most_per_account; }
    /// Objects of these types changed in a commit that is durable now; `state` is the account's
    /// after it. Never blocks on a connection.
    void changed(AccountId account, const std::set<ObjectType>& types, ModSeq state);
    /// Errors: limit ("event sources") when the account has as many as it may.
    Result<std::shared_ptr<PushSubscription>> subscribe(Executor executor, PushOwner owner);
    /// Ends the event sources of a device that has lost its sessions.
    void end_device(AccountId account, const std::string& device);
    /// Ends all of an account that was disabled or removed.
    void end_account(AccountId account);
    void end_all();

  private:
    using Subscriptions = std::vector<std::weak_ptr<PushSubscription>>;
    std::vector<std::shared_ptr<PushSubscription>> of(AccountId account);

    Adjustable<std::size_t> most_;
    std::mutex mutex_;
    std::map<AccountId, Subscriptions> accounts_;
};

/// The names under which a change of these is told (docs/client-api.md section 7).
std::vector<std::string> push_names(ObjectType type);

}  // namespace kith
