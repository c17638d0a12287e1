// POST /kith/1/vouches (protocol section 7.6): the server of a stub's recipient asks whether an
// account here stands for the sender. 200 with the vouch; 404 in the same words whyever there is
// none.
#pragma once

#include "crypto/ed25519.h"
#include "delivery/vouches.h"
#include "exchange/peer_directory.h"
#include "net/http_message.h"
#include "net/worker_pool.h"

namespace kith {

struct VouchServices {
    Store& store;
    const Clock& clock;
    PeerDirectory& peers;
    const SigningKey& domain_key;
    std::string domain;
    std::vector<PublicKey> own_keys;
};

/// Thread-safe; what the services refer to must outlive it.
class VouchIntake {
  public:
    explicit VouchIntake(VouchServices services) : services_(std::move(services)) {}
    awaitable<HttpResponse> take(std::shared_ptr<HttpRequest> request);
    /// For an introducer and a recipient who both live here. `ask`: the note.
    /// Errors: as of the call.
    awaitable<Result<SignedNote>> give(std::string ask, Hash introducer, Hash recipient);

  private:
    awaitable<Result<std::vector<NamedKey>>> keys_of(std::string domain);

    const VouchServices services_;
};

}  // namespace kith
