// What other domains' directory logs have shown to us (protocol sections 10.4, 10.7): of each the
// newest checkpoint that was checked. Every other one that comes is held against it; two that
// cannot both be true are kept as evidence, and nothing of that log is believed any more.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/recently.h"
#include "identity/directory_proof.h"
#include "net/worker_pool.h"
#include "store/store.h"
#include "tlog/equivocation.h"
#include "tlog/policy.h"

namespace kith {

struct PeerLogServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    PeerDirectory& peers;
    HttpClient& client;
    DeliveryMeter& meter;
    std::shared_ptr<const WitnessPolicy> policy;
    std::filesystem::path evidence;  ///< the folder for files of evidence
    std::string domain;              ///< our own
    /// Told of a checkpoint in our own log's name that somebody has.
    std::function<void(SignedCheckpoint)> own;
};

/// What is known of a domain's log; its domain alone where that is nothing.
KnownLogRecord known_or_new(ReadTransaction& read, const std::string& domain);

/// A card of another domain, as it came.
struct PresentedCard {
    Address address;
    Hash root;
    Hash card;
    std::optional<std::string> proof;
};

/// Thread-safe; what the services refer to must outlive it.
class PeerLogs {
  public:
    /// Reads what was seen before the server started.
    explicit PeerLogs(PeerLogServices services);

    /// May the card be believed to be the one that everybody is shown? A domain that has no log,
    /// and never had one, is taken at its word; a chain that somebody here has pinned is taken in
    /// any case, and the proof, where there is one, is checked for the sake of the log.
    /// Errors: not_found ("proof": there is none yet), those of check().
    awaitable<Result<void>> admit(PeerPtr peer, PresentedCard presented);
    /// Was it admitted lately? Costs no look at the store.
    bool is_admitted(const Hash& card);
    /// Does the log of the address's domain have the card? Then that is remembered, with the
    /// checkpoint. Errors: malformed, limit, bad_signature, untrusted (the proof; "log": it is
    /// known to lie), unavailable ("log": it does not show how it grew).
    awaitable<Result<void>> check(PeerPtr peer, Address address, Hash card, std::string proof);
    /// A checkpoint of that domain's log, wherever it comes from. Errors: as check().
    awaitable<Result<void>> see(PeerPtr peer, SignedCheckpoint checkpoint);
    /// Checkpoints that came along with a message: of logs that are known here. What is wrong with
    /// them is nobody's fault who brings them.
    awaitable<void> hear(std::vector<std::string> checkpoints);
    /// Asks a domain that mail went to for its newest checkpoint, at most once in 10 minutes: so
    /// its log is held against what others show of it, whoever writes to whom. What fails is tried
    /// again as late.
    awaitable<void> ask(PeerPtr peer);
    /// The newest checkpoints that were seen lately, for others: by domain. A restart forgets none.
    std::map<std::string, std::string> lately_seen();
    /// Two checkpoints that cannot both be true: durable, on disk, and told to the administrator.
    awaitable<Result<void>> keep_evidence(std::string domain, Equivocation evidence);

  private:
    using Found = std::optional<Equivocation>;
    struct Standing {
        bool has_log = false, lies = false, pinned = false, proven = false;
    };

    awaitable<Result<DirectoryProof>> verify(PeerPtr peer,
                                             Address address,
                                             Hash card,
                                             std::string text);
    awaitable<Result<bool>> see_once(PeerPtr peer, const SignedCheckpoint* checkpoint);
    awaitable<Result<Found>> compare(PeerPtr peer,
                                     const SignedCheckpoint* smaller,
                                     const SignedCheckpoint* larger);
    awaitable<Result<std::vector<Hash>>> fetch_tile(PeerPtr peer, TileId id, std::size_t width);
    void note_seen(const std::string& domain, const std::string& checkpoint);
    void note_admitted(const Hash& card);

    const PeerLogServices services_;
    std::mutex mutex_;
    std::set<Hash> admitted_;
    /// Domains and their checkpoints, the last seen first.
    std::deque<std::pair<std::string, std::string>> seen_;
    Recently asked_;
};

}  // namespace kith
