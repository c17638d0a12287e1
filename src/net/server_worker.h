// One I/O thread's part of the HTTP server: its listening sockets, its connections, the sweep that
// holds them to their deadlines, and what they share.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "net/connection_limiter.h"
#include "net/http2_link.h"
#include "net/http_server.h"
#include "net/rate_gate.h"

namespace kith {

class ServerWorker;

/// What all threads of a server share.
struct ServerShared {
    HttpServerOptions options;
    std::shared_ptr<TlsIdentity> identity;
    std::shared_ptr<HttpHandler> handler;
    std::shared_ptr<ConnectionLimiter> limiter;
    /// All are there before any accepts: on the threads that yield (none: on all), on the others.
    std::vector<std::weak_ptr<ServerWorker>> yielding, prompt;
    std::unique_ptr<NetworkGate> handshake_gate;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> handshakes_refused{0};
    std::atomic<std::uint64_t> handshakes{0};
    std::atomic<std::uint64_t> handshakes_failed{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> requests_shed{0};
    std::atomic<std::uint64_t> in_progress{0};

    std::atomic<std::size_t> tasks{0};  ///< coroutines of all threads; 0 after a stop only
    std::mutex mutex;
    std::condition_variable no_tasks;

    void log(const std::string& line) const {
        if (options.log)
            options.log(line);
    }
};

/// A connection as the sweep sees it. None of these calls waits or destroys anything.
class ServerConnection {
  public:
    ServerConnection() = default;
    ServerConnection(const ServerConnection&) = delete;
    ServerConnection& operator=(const ServerConnection&) = delete;
    virtual ~ServerConnection() = default;
    /// Closes what is over its time.
    virtual void check(SteadyTime now) = 0;
    /// Takes no further requests; ends when those under way have ended.
    virtual void begin_stop() = 0;
    virtual void abort() = 0;
    virtual const boost::asio::ip::tcp::endpoint& remote() const = 0;
};

/// Everything but construction happens on its thread.
class ServerWorker : public std::enable_shared_from_this<ServerWorker> {
  public:
    ServerWorker(boost::asio::io_context& context, std::shared_ptr<ServerShared> shared);
    ServerWorker(const ServerWorker&) = delete;
    ServerWorker& operator=(const ServerWorker&) = delete;

    /// Binds; `endpoint` gets the port. Before start(). Errors: io.
    Result<void> listen(boost::asio::ip::tcp::endpoint& endpoint);
    void start();
    void begin_stop();
    void abort_all();
    void end_sweep();

    /// Runs a coroutine that is counted until it ends.
    void spawn(awaitable<void> task);
    ServerShared& shared() { return *shared_; }
    const HttpLimits& limits() const { return shared_->options.limits; }
    bool stopping() const { return stopping_; }
    const std::shared_ptr<IoBuffers>& buffers() const { return buffers_; }
    /// The Date field (RFC 9110 section 6.6.1), renewed by the sweep.
    const std::string& date() const { return date_; }

    /// The handler's answer, with the id that the request gets here; an exception becomes 500, too
    /// many requests at once 503.
    awaitable<HttpResponse> answer(std::shared_ptr<HttpRequest> request);
    /// Status and fields of a response, with Date and, where it is known, Content-Length.
    ReplyHead reply_head(const HttpResponse& response) const;

  private:
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request);
    awaitable<void> accept_loop(std::size_t index);
    awaitable<void> sweep_loop();
    /// A connection's place in open_.
    struct Leaves {
        void operator()(ServerWorker* worker) const { worker->open_.fetch_sub(1); }
    };
    using Place = std::unique_ptr<ServerWorker, Leaves>;
    Place place() {
        open_.fetch_add(1);
        return Place(this);
    }
    std::shared_ptr<ServerWorker> least_busy(const boost::asio::ip::tcp::endpoint& remote);
    awaitable<void> serve(boost::asio::ip::tcp::socket socket,
                          boost::asio::ip::tcp::endpoint remote,
                          ConnectionLimiter::Permit permit,
                          Place place);
    awaitable<void> serve_http2(TlsStream stream, boost::asio::ip::tcp::endpoint remote);
    awaitable<void> serve_http1(TlsStream stream, boost::asio::ip::tcp::endpoint remote);
    void admit(boost::asio::ip::tcp::socket socket);
    void sweep();
    bool is_shut_out(const boost::asio::ip::tcp::endpoint& remote) const;

    boost::asio::io_context& context_;
    std::shared_ptr<ServerShared> shared_;
    std::shared_ptr<IoBuffers> buffers_ = std::make_shared<IoBuffers>();
    std::list<boost::asio::ip::tcp::acceptor> acceptors_;
    boost::asio::steady_timer sweep_timer_;
    std::unordered_set<std::shared_ptr<ServerConnection>> connections_;
    std::atomic<std::size_t> open_{0};  ///< connections here, and on their way here
    std::string date_;
    bool stopping_ = false;
    bool sweep_ended_ = false;
};

/// Whether an answer to that method with that status has a body (RFC 9110 sections 6.4.1, 9.3.2).
bool has_body(const std::string& method, unsigned status);

}  // namespace kith
