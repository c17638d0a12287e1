// The witness that every server is (protocol section 10.6, c2sp.org/tlog-witness): it cosigns the
// checkpoints of the logs of domains that it exchanges mail with, as long as each has grown out of
// the last.
#pragma once

#include <map>
#include <mutex>

#include "crypto/ed25519.h"
#include "exchange/peer_logs.h"
#include "net/http_message.h"
#include "tlog/witness.h"

namespace kith {

struct WitnessServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    PeerDirectory& peers;
    PeerLogs& logs;
    const SigningKey& key;
    std::string domain;
};

/// Thread-safe; what the services refer to must outlive it.
class WitnessDesk {
  public:
    explicit WitnessDesk(WitnessServices services) : services_(std::move(services)) {}

    /// POST /kith/1/witness/add-checkpoint.
    awaitable<HttpResponse> add_checkpoint(std::shared_ptr<HttpRequest> request);
    /// GET /kith/1/witness/HASH/checkpoint: the newest that was cosigned, of the origin with that
    /// SHA-256.
    awaitable<HttpResponse> give_checkpoint(Hash origin);

  private:
    awaitable<std::optional<PeerPtr>> log_owner(std::string origin);
    awaitable<Result<Judgement>> judge_and_store(PeerPtr peer, const AddCheckpoint* request);

    const WitnessServices services_;
};

}  // namespace kith
