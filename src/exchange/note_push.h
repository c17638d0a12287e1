// Notes that other servers are told (protocol section 7.4), out of the store's queue: signed by the
// domain as they go, tried again until they expire. A restart goes on where it was.
#pragma once

#include "crypto/ed25519.h"
#include "delivery/outgoing.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "net/task_group.h"
#include "net/worker_pool.h"
#include "store/store.h"

namespace kith {

struct NotePushServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    PeerDirectory& peers;
    HttpClient& client;
    DeliveryMeter& meter;
    ChangeSink changed;
    const SigningKey& domain_key;
    std::string domain;
};

/// Lives on its executor.
class NotePush {
  public:
    NotePush(Executor home, NotePushServices services);

    void start();
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    awaitable<void> run();
    awaitable<bool> push_due();
    awaitable<void> push(QueuedNote note);
    awaitable<bool> post(QueuedNote note);
    awaitable<bool> take_here(QueuedNote note);

    Executor home_;
    const NotePushServices services_;
    TaskGroup tasks_;
};

}  // namespace kith
