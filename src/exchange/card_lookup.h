// Another domain's chains, asked of its server (protocol section 7.1), verified, held against the
// domain's directory log, and remembered in the store.
#pragma once

#include <map>
#include <mutex>

#include "base/adjustable.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/peer_logs.h"
#include "exchange/ports.h"
#include "net/worker_pool.h"
#include "protocol/delivery_body.h"
#include "store/store.h"

namespace kith {

/// A card that revokes devices has their messages taken back with it (delivery/taking_back.h);
/// `changed` is told whose mail that was. Thread-safe; what it refers to must outlive it.
class CardLookup final : public CardDirectory {
  public:
    CardLookup(PeerDirectory& peers,
               HttpClient& client,
               Store& store,
               WorkerPool& workers,
               const Clock& clock,
               PeerLogs& logs,
               ChangeSink changed = {},
               Milliseconds timeout = Milliseconds(20'000))
        : peers_(peers),
          client_(client),
          store_(store),
          workers_(workers),
          clock_(clock),
          logs_(logs),
          changed_(std::move(changed)),
          timeout_(timeout) {}

    awaitable<Result<FetchedChain>> fetch(Address address) override;
    /// Asks, however lately that was done.
    awaitable<Result<FetchedChain>> fetch_now(Address address);
    /// Of one call, for those from here on; any thread.
    void set_timeout(Milliseconds timeout) { timeout_.set(timeout); }

  private:
    awaitable<Result<ProvenCards>> ask(PeerPtr peer, Address address);
    awaitable<Result<ProvenCards>> ask_proven(PeerPtr peer, Address address);
    std::optional<FetchedChain> lately(const Address& address);
    void keep(const Address& address, const FetchedChain& chain);

    PeerDirectory& peers_;
    HttpClient& client_;
    Store& store_;
    WorkerPool& workers_;
    const Clock& clock_;
    PeerLogs& logs_;
    const ChangeSink changed_;
    Adjustable<Milliseconds> timeout_;
    std::mutex mutex_;
    std::map<Address, FetchedChain> lately_;
};

}  // namespace kith
