// Bodies of held messages that were accepted: fetched from the sender's server (protocol section
// 7.3), checked, and made durable together with the message's new state. What cannot be fetched now
// is tried again until the stub expires; a restart begins where it was. The sender's server is
// asked after a wait that is drawn by lot.
#pragma once

#include <map>

#include "base/adjustable.h"
#include "delivery/outgoing.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/ports.h"
#include "net/task_group.h"
#include "net/worker_pool.h"
#include "store/store.h"

namespace kith {

struct FetchServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    PeerDirectory& peers;
    HttpClient& client;
    DeliveryMeter& meter;
    ChangeSink changed;
    std::string domain;
    /// That the head of an answer, and then each next octets, may take.
    Adjustable<Milliseconds> timeout = Milliseconds(30'000);
    /// So long at most, drawn by lot, another server waits to be asked for a body: when it is asked
    /// does not say when somebody was at their mail.
    Adjustable<Milliseconds> delay = Milliseconds(0);
};

/// Lives on its executor; fetch_held() may be called from any.
class BodyFetch final : public BodyFetcher {
  public:
    BodyFetch(Executor home, FetchServices services);

    /// Begins with what was being fetched when the process ended.
    void start();
    awaitable<Result<void>> fetch_held(AccountId account, MessageId message) override;
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);
    /// For waits from here on; any thread.
    void set_timeout(Milliseconds timeout) { services_.timeout.set(timeout); }
    void set_delay(Milliseconds delay) { services_.delay.set(delay); }

  private:
    /// A body that has come, in memory or on disk.
    struct Body {
        Bytes octets;
        std::unique_ptr<LargeBlobWriter> file;
    };

    awaitable<void> take_up();
    awaitable<void> try_until_expired(AccountId account, MessageId message);
    void try_later(AccountId account, MessageId message);
    awaitable<Result<void>> fetch_once(AccountId account, MessageId id);
    awaitable<void> wait_by_lot();
    awaitable<Result<Body>> download(PeerPtr peer, const MessageRecord* message);
    awaitable<Result<Body>> read_body(HttpStream* stream, const MessageRecord* message);
    awaitable<Result<void>> file_it(AccountId account, MessageId id, const Body* body);

    Executor home_;
    FetchServices services_;
    TaskGroup tasks_;
    std::map<std::pair<AccountId, MessageId>, std::int64_t> tried_;  ///< on home_ alone
};

}  // namespace kith
