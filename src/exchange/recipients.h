// Which of our addresses are there: so that mail for nobody costs neither a look-up of its sender's
// domain nor a signature.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>

#include "exchange/recently.h"
#include "exchange/store_calls.h"

namespace kith {

/// Thread-safe, bounded. "There" is only a hint, the decision looks again; "not there" is believed
/// for kAbsent.
class Recipients {
  public:
    Recipients(Store& store, WorkerPool& workers, const Clock& clock)
        : store_(store), workers_(workers), clock_(clock) {}

    /// `lane`: of the pool, for the question to the store. Errors: unavailable (the lane is full).
    awaitable<Result<bool>> is_there(std::string address, std::size_t lane);

    static constexpr Seconds kAbsent{3};

  private:
    static constexpr std::size_t kMost = 100'000;
    bool is_known(const std::string& address);
    void remember(const std::string& address);

    Store& store_;
    WorkerPool& workers_;
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_set<std::string> there_;
    Recently absent_{kAbsent};
};

}  // namespace kith
