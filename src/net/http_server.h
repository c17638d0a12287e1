// HTTPS server: HTTP/2 over TLS 1.3, and HTTP/1.1 for health checks, metrics and plain tools.
// Every I/O thread has its own listening sockets (SO_REUSEPORT); a connection never leaves its
// thread. RFC 9113, RFC 9112.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/http_limits.h"
#include "net/http_message.h"
#include "net/io_threads.h"
#include "net/tls_identity.h"

namespace kith {

struct HttpServerOptions {
    std::vector<boost::asio::ip::tcp::endpoint> listen;  ///< port 0: the system chooses
    HttpLimits limits;
    std::string id_prefix;  ///< of HttpRequest::id; the number of the request follows
    /// Told of handler exceptions and accept errors in one line; from any I/O thread; may be empty.
    std::function<void(const std::string&)> log;
    /// Who is let in no more: new connections are closed before their handshake, open ones within
    /// about a second. From any I/O thread, must not block; may be empty.
    std::function<bool(const boost::asio::ip::address&)> shut_out;
    /// Whose connections go to the threads that yield, where there are any (IoThreads). As above.
    std::function<bool(const boost::asio::ip::address&)> can_wait;
};

/// For metrics; a snapshot.
struct HttpServerCounts {
    std::uint64_t connections = 0;           ///< open now
    std::uint64_t connections_accepted = 0;  ///< since start
    std::uint64_t connections_refused = 0;   ///< over a limit
    std::uint64_t handshakes_refused = 0;    ///< too many of one network
    std::uint64_t handshakes = 0;            ///< of TLS, since start, that were completed
    std::uint64_t handshakes_failed = 0;     ///< and that were not
    std::uint64_t requests = 0;              ///< since start
    std::uint64_t requests_shed = 0;         ///< answered 503: too many at once
    std::uint64_t requests_in_progress = 0;
};

class HttpServer {
  public:
    /// Binds, listens and serves. `threads` must outlive the server. Errors: io (cannot bind; the
    /// detail names the address).
    static Result<std::unique_ptr<HttpServer>> open(IoThreads& threads,
                                                    HttpServerOptions options,
                                                    std::shared_ptr<TlsIdentity> identity,
                                                    std::shared_ptr<HttpHandler> handler);
    /// stop() with one second, if it was not called.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Where it listens, with the port chosen; in the order of the options.
    const std::vector<boost::asio::ip::tcp::endpoint>& endpoints() const;
    HttpServerCounts counts() const;
    /// Takes over the connection limits (who is connected already stays) and the adjustable ones.
    /// One caller at a time, any thread.
    void set_limits(const HttpLimits& limits);

    /// Stops accepting, sends GOAWAY, tells event sources to stop, lets running requests finish.
    /// At the deadline connections are closed. True: no handler runs any more. Blocks: not from an
    /// I/O thread.
    bool stop(Milliseconds deadline);

  private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kith
