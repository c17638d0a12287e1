// Where another domain's server is and which keys are its: the `_kith` TXT record through a
// validating resolver, then the well-known page (protocol section 6). Answers are kept for their
// TTL, failures for a short time, and what the store remembers helps over a resolver that is away.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/adjustable.h"
#include "exchange/peer_directory.h"
#include "net/resolver.h"
#include "net/signal.h"
#include "net/worker_pool.h"
#include "store/store.h"

namespace kith {

struct PeerDirectoryOptions {
    std::string own_domain;
    enum class Dnssec { wanted, required };
    Adjustable<Dnssec> dnssec = Dnssec::wanted;
    std::size_t capacity = 10'000;
    std::size_t lookups_in_flight = 512;
    Seconds failure_ttl{30};  ///< "it has none", or what it has is wrong
    Seconds away_ttl{3};      ///< nobody answered
};

/// Thread-safe. Lives on the executor of its resolver and client; what it refers to outlives it.
class DnsPeerDirectory final : public PeerDirectory {
  public:
    DnsPeerDirectory(Executor home,
                     Resolver& resolver,
                     HttpClient& client,
                     Store& store,
                     WorkerPool& workers,
                     const Clock& clock,
                     PeerDirectoryOptions options);

    awaitable<Result<PeerPtr>> find(std::string domain) override;
    awaitable<Result<PeerPtr>> find_again(std::string domain) override;
    /// For look-ups from here on; any thread.
    void set_dnssec(PeerDirectoryOptions::Dnssec dnssec) { options_.dnssec.set(dnssec); }

  private:
    struct Entry {
        Result<PeerPtr> answer = PeerPtr();
        Time expires;
        std::list<std::string>::iterator place;
    };
    struct Record {
        KithRecord record;
        Peer::Secure secure = Peer::Secure::no;
        Seconds ttl{0};
    };

    std::optional<Result<PeerPtr>> cached(const std::string& domain, Time now);
    void keep(const std::string& domain, Result<PeerPtr> answer, Time expires);
    awaitable<Result<PeerPtr>> look_up_once(std::string domain);
    awaitable<Result<PeerPtr>> look_up(std::string domain);
    awaitable<Result<Record>> ask_network(std::string domain);
    awaitable<Result<Record>> ask_well_known(std::string domain);
    awaitable<Result<Record>> remembered(std::string domain, Error why);
    void remember(const std::string& domain, const Record& record);

    Executor home_;
    Resolver& resolver_;
    HttpClient& client_;
    Store& store_;
    WorkerPool& workers_;
    const Clock& clock_;
    PeerDirectoryOptions options_;

    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
    std::list<std::string> newest_first_;
    /// Who waits for a look-up under way; on home_ alone.
    std::map<std::string, std::vector<std::shared_ptr<Signal>>> waiting_;
};

}  // namespace kith
