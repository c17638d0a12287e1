// The connections to one origin, and who waits for a place on them.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "net/client_link.h"
#include "net/http_client.h"
#include "net/signal.h"
#include "net/task_group.h"

namespace kith {

/// Belongs to the client's thread.
class ClientOrigin : public std::enable_shared_from_this<ClientOrigin> {
  public:
    ClientOrigin(HttpOrigin origin,
                 std::shared_ptr<const HttpClientOptions> options,
                 std::shared_ptr<TaskGroup> tasks,
                 std::shared_ptr<IoBuffers> buffers)
        : origin_(std::move(origin)),
          options_(std::move(options)),
          tasks_(std::move(tasks)),
          buffers_(std::move(buffers)) {}

    /// A connection with a free place; it is free only until the caller's next wait.
    awaitable<Result<std::shared_ptr<ClientLink>>> acquire(SteadyTime deadline);
    void check(SteadyTime now);
    /// Closes everything; who waits fails.
    void stop();
    std::size_t connections() const { return links_.size(); }
    /// Somebody waits, for a place or on a request.
    bool busy() const;
    bool unused() const { return links_.empty() && waiters_.empty() && !connecting_; }

  private:
    struct Waiter {
        Signal signal;
        SteadyTime deadline;
        std::optional<Error> failed;
    };

    std::shared_ptr<ClientLink> pick() const;
    std::size_t serving() const;
    void connect_if_needed();
    awaitable<void> connect();
    awaitable<Result<void>> try_address(boost::asio::ip::address address,
                                        std::shared_ptr<std::shared_ptr<ClientLink>> made);
    void changed();
    void fail_waiters(const Error& why);

    const HttpOrigin origin_;
    std::shared_ptr<const HttpClientOptions> options_;
    std::shared_ptr<TaskGroup> tasks_;
    std::shared_ptr<IoBuffers> buffers_;
    std::vector<std::shared_ptr<ClientLink>> links_;
    std::deque<std::shared_ptr<Waiter>> waiters_;
    TlsSession session_;
    SteadyTime not_before_;  ///< of the next further connection
    bool connecting_ = false;
    bool stopping_ = false;
};

}  // namespace kith
