// What administration works on: the store, and the running server around it, if one runs.
#pragma once

#include <set>
#include <string>

#include "base/time.h"
#include "crypto/random.h"
#include "server/config.h"
#include "server/load_book.h"
#include "store/store.h"

namespace kith {

/// The parts of a running server that an administrator may reach. Thread-safe.
class RunningServer {
  public:
    RunningServer() = default;
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;
    virtual ~RunningServer() = default;

    struct Status {
        Time since;
        std::uint64_t connections = 0;
        std::uint64_t requests = 0;
        std::string store;  ///< "good", or what it failed with
    };
    virtual Status status() const = 0;
    struct Load {
        struct Class {
            std::string name;
            std::size_t waiting = 0;  ///< for a worker, now
            std::uint32_t share = 0;
        };
        bool loaded = false;  ///< unknown networks are asked for a cookie
        std::uint64_t connections = 0;
        std::uint64_t connections_refused = 0;  ///< since start
        std::vector<Class> classes;
        LoadBook::Report book;
    };
    /// At most so many rows of each table.
    virtual Load load(std::size_t rows) const = 0;
    /// Reads configuration, certificate and log file again; answers which keys had changed.
    /// Errors: whatever is wrong with them; then all goes on as before.
    virtual Result<ConfigChanges> reload() = 0;
    /// The queue was changed from outside: look at it now, also for servers that were away.
    virtual void retry_queue() = 0;
    /// Objects of an account were changed from outside.
    virtual void changed(AccountId account, const std::set<ObjectType>& types, ModSeq state) = 0;
    /// Its devices lose their sessions and event sources.
    virtual void end_account(AccountId account) = 0;
};

struct ServerContext {
    const Config& config;
    Store& store;
    const Clock& clock;
    Random& random;
    RunningServer* running = nullptr;  ///< null: the command line opened the store for one call
};

}  // namespace kith
