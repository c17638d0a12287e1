// Looks whether a tag that came with a stranger's message is a contact's, and asks that contact's
// server for a vouch; beside the answer, which is that to any stranger (protocol section 5.3): so
// neither what the sender is told nor when depends on whom the recipient knows. Where the vouch is
// given, the message is stored as known.
#pragma once

#include <atomic>

#include "delivery/inbound.h"
#include "exchange/delivery_meter.h"
#include "exchange/peer_directory.h"
#include "exchange/vouch_intake.h"
#include "net/task_group.h"

namespace kith {

struct VouchPullServices {
    Store& store;
    WorkerPool& workers;
    const Clock& clock;
    Random& random;
    Inbound& inbound;
    PeerDirectory& peers;
    HttpClient& client;
    VouchIntake& own;  ///< where the contact lives here
    DeliveryMeter& meter;
    ChangeSink changed;
    std::string domain;
};

/// A message that waits for a vouch: with its body, which is small, as it will not be asked for.
struct WaitingMessage {
    Candidate candidate;
    std::vector<PublicKey> domain_keys;
    ArrivedBody body;
    std::optional<Introducer> introducer;  ///< once one is found
};

/// Lives on its executor; pull() may be called from any thread.
class VouchPull {
  public:
    VouchPull(Executor home, VouchPullServices services);

    /// Never blocks. Under too many at once nothing is asked: the message stays a stranger's.
    void pull(WaitingMessage message);
    /// Where it brings tags, whoever's they are, and came for the first time and was not let in:
    /// that is looked at beside the answer, which does not wait for it. A stranger is not told who
    /// stands for them.
    void pull_if_tagged(const Candidate& candidate,
                        const std::vector<PublicKey>& domain_keys,
                        const Verdict& verdict,
                        ArrivedBody body);
    /// On the executor.
    awaitable<void> stop(Milliseconds limit);

  private:
    awaitable<void> run(std::shared_ptr<WaitingMessage> message);
    awaitable<Result<std::optional<Introducer>>> find(std::shared_ptr<WaitingMessage> message);
    awaitable<void> wait_by_lot();
    awaitable<Result<std::string>> ask(std::shared_ptr<WaitingMessage> message);
    awaitable<Result<SignedNote>> post(PeerPtr peer, std::string ask, Hash introducer, Hash to);
    awaitable<Result<void>> store(std::shared_ptr<WaitingMessage> message);

    Executor home_;
    const VouchPullServices services_;
    TaskGroup tasks_;
};

}  // namespace kith
