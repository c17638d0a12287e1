// Publishes the directory log of this domain (protocol section 10.3): a checkpoint at once where
// the last is older than the interval, else when it is; cosigned, recorded in the journal, then in
// the store, from where it is served.
//
// At the start it makes sure that nothing was lost that others have seen: a store out of an older
// backup is mended out of the journal. Where that cannot be, or a witness shows more than there is
// here, the log stalls: no card gets an entry, nothing is signed, what was published is served on
// (docs/protocol.md section 10.3).
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "base/adjustable.h"
#include "exchange/cosigning.h"
#include "exchange/delivery_meter.h"
#include "exchange/log_journal.h"
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
    LogJournal journal;
    Cosigning& cosigning;
    DeliveryMeter& meter;
};

/// Lives on its executor; add(), notify() and shown() may be called from any thread.
class LogPublisher final : public CardLog {
  public:
    /// `interval`: from one checkpoint to the next, at least.
    LogPublisher(Executor home, LogServices services, Seconds interval);

    /// Makes sure of what is there, gives the cards without an entry theirs, and publishes.
    void start();
    Result<void> add(WriteTransaction& write, const Address& address, const Hash& card) override;
    void notify() override;
    /// Somebody has a checkpoint of our log. Whoever sends one that we did not sign says nothing.
    void shown(SignedCheckpoint checkpoint);
    void set_interval(Seconds interval) {
        interval_ = interval;
        notify();
    }
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    awaitable<void> run();
    awaitable<Milliseconds> step();
    awaitable<Result<void>> begin();
    awaitable<Result<void>> ask_witnesses();
    awaitable<void> look_at(SignedCheckpoint checkpoint);
    awaitable<Result<void>> adopt();
    awaitable<Result<bool>> is_due();
    awaitable<Result<void>> publish();
    awaitable<void> wait(Milliseconds time);
    void stall(const std::string& why);

    Executor home_;
    const LogServices services_;
    Adjustable<Seconds> interval_;
    TaskGroup tasks_;
    std::atomic<bool> ready_ = false;  ///< entries may be added
    boost::asio::steady_timer timer_;  ///< on home_ alone, as the rest
    bool notified_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_;
};

}  // namespace kith
