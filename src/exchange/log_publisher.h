// Publishes the directory log of this domain (protocol section 10.3): a checkpoint at once where
// the last is older than the interval, else when it is.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "base/adjustable.h"
#include "exchange/delivery_meter.h"
#include "exchange/own_log.h"
#include "exchange/ports.h"
#include "net/task_group.h"
#include "net/worker_pool.h"

namespace kith {

struct LogServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    OwnLog& log;
    DeliveryMeter& meter;
};

/// Lives on its executor; add() and notify() may be called from any thread.
class LogPublisher final : public CardLog {
  public:
    /// `interval`: from one checkpoint to the next, at least.
    LogPublisher(Executor home, LogServices services, Seconds interval);

    /// Gives the cards that are older than the log their entries, and publishes.
    void start();
    Result<void> add(WriteTransaction& write, const Address& address, const Hash& card) override;
    void notify() override;
    void set_interval(Seconds interval) { interval_ = interval; }
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    awaitable<void> run();
    awaitable<Milliseconds> step();
    awaitable<Result<void>> adopt();
    awaitable<Result<bool>> has_grown();
    awaitable<Result<void>> publish();
    awaitable<void> wait(Milliseconds time);

    Executor home_;
    const LogServices services_;
    Adjustable<Seconds> interval_;
    TaskGroup tasks_;
    boost::asio::steady_timer timer_;  ///< on home_ alone, as the rest
    bool notified_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace kith
