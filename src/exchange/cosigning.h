// Cosignatures for the checkpoints of this domain's log (protocol section 10.3): of the witnesses
// that the operator named, by domain. Each is asked with proof that the log has only grown.
#pragma once

#include <map>
#include <vector>

#include "exchange/own_log.h"
#include "exchange/peer_directory.h"
#include "net/worker_pool.h"

namespace kith {

struct CosignServices {
    Store& store;
    WorkerPool& workers;
    PeerDirectory& peers;
    HttpClient& client;
    OwnLog& log;
    std::vector<std::string> witnesses;  ///< domains
    Milliseconds deadline{10'000};       ///< of each question
};

/// On one executor.
class Cosigning {
  public:
    explicit Cosigning(CosignServices services) : services_(std::move(services)) {}

    bool is_wanted() const { return !services_.witnesses.empty(); }

    struct Collected {
        SignedCheckpoint checkpoint;  ///< with the cosignatures that could be had
        /// `where` begins with the witness's domain. Of kind conflict: it has shown a larger
        /// checkpoint that this log's key signed.
        std::vector<Error> failures;
    };
    awaitable<Collected> collect(SignedCheckpoint checkpoint);

    /// What a witness has cosigned of our log; nullopt: nothing. One a witness.
    using Remembered = Result<std::optional<SignedCheckpoint>>;
    awaitable<std::vector<Remembered>> remembered();

  private:
    awaitable<Result<SignedCheckpoint>> ask(std::string domain, SignedCheckpoint checkpoint);
    awaitable<Remembered> remembered_by(std::string domain);
    awaitable<Error> larger_at(std::string domain, std::uint64_t size);
    awaitable<Result<std::vector<Hash>>> growth(std::uint64_t from, std::uint64_t size);

    const CosignServices services_;
    std::map<std::string, std::uint64_t> known_;  ///< sizes, by witness
};

}  // namespace kith
