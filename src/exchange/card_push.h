// Tells the servers of a person's contacts, and those that they wrote to in the last 30 days, of a
// new card (protocol section 7.4), so that a revoked key stops counting soon. A hint, not a
// promise: a server that misses it sees the card with the next message, and a restart repeats those
// of the last day.
#pragma once

#include "delivery/outgoing.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/ports.h"
#include "net/task_group.h"
#include "net/worker_pool.h"
#include "store/store.h"

namespace kith {

struct PushServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    PeerDirectory& peers;
    HttpClient& client;
    DeliveryMeter& meter;
    std::string domain;
};

/// Lives on its executor; publish() may be called from any thread.
class CardPush final : public CardPublisher {
  public:
    CardPush(Executor home, PushServices services);

    void start();
    void publish(AccountId account, SignedCard card) override;
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    awaitable<void> repeat_lately();
    awaitable<void> push(AccountId account, std::string note);
    awaitable<void> tell(std::string domain, std::string note);

    Executor home_;
    const PushServices services_;
    TaskGroup tasks_;
};

}  // namespace kith
