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
    std::size_t capacity = 10'000;  ///< servers remembered, and as many failures
    std::size_t lookups_in_flight = 512;
    Adjustable<Seconds> failure_ttl = Seconds(30);  ///< "it has none", or what it has is wrong
    Adjustable<Seconds> away_ttl = Seconds(3);      ///< nobody answered
    Adjustable<Milliseconds> timeout = Milliseconds(20'000);  ///< of the well-known page
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
    bool knows(const std::string& domain) override;
    /// DNSSEC and times, for look-ups from here on; any thread.
    void set_options(const PeerDirectoryOptions& to);

  private:
    struct Entry {
        Result<PeerPtr> answer = PeerPtr();
        Time expires;
        std::list<std::string>::iterator place;
    };
    /// Answers, the longest unused goes first. Failures have one of their own: names that do not
    /// exist cost nothing to make up, and must not drive out the servers that do.
    struct Shelf {
        std::map<std::string, Entry> entries;
        std::list<std::string> newest_first;

        void remove(const std::string& domain);
        void put(const std::string& domain, Entry entry, std::size_t capacity);
    };
    struct Record {
        KithRecord record;
        Peer::Secure secure = Peer::Secure::no;
        Seconds ttl{0};
    };

    /// Under mutex_; null: neither found nor failed, or over.
    Entry* entry_of(const std::string& domain, Time now);
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
    Shelf found_;
    Shelf failed_;
    /// Who waits for a look-up under way; on home_ alone.
    std::map<std::string, std::vector<std::shared_ptr<Signal>>> waiting_;
};

}  // namespace kith
