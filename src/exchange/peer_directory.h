// Who the other servers are.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "net/http_client.h"
#include "protocol/kith_record.h"

namespace kith {

/// Another domain's server.
struct Peer {
    std::string domain;
    KithRecord record;
    enum class Secure { no, yes } secure = Secure::no;  ///< the record came with DNSSEC
    HttpOrigin origin;
    Time found_at;
};
using PeerPtr = std::shared_ptr<const Peer>;

/// Finds them. Thread-safe; the coroutines run on any executor.
class PeerDirectory {
  public:
    PeerDirectory() = default;
    PeerDirectory(const PeerDirectory&) = delete;
    PeerDirectory& operator=(const PeerDirectory&) = delete;
    virtual ~PeerDirectory() = default;

    /// Errors: not_found ("domain": it has no Kith record), untrusted (bogus, or unsigned where
    /// DNSSEC is required), unavailable, timeout, malformed (its record).
    virtual awaitable<Result<PeerPtr>> find(std::string domain) = 0;
    /// find() would answer out of memory, be it that there is none.
    virtual bool knows(const std::string& domain) = 0;
    /// Asks again, unless that was done within the last minute: for a signature that does not
    /// verify with the keys known.
    virtual awaitable<Result<PeerPtr>> find_again(std::string domain) = 0;
};

}  // namespace kith
