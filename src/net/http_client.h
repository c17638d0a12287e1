// HTTP/2 client with a pool of connections for each origin: many requests share one connection.
// The caller resolves names; this connects to the addresses given, checks the certificate for the
// host name, follows no redirects.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/adjustable.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/awaitable.h"
#include "net/http_message.h"
#include "net/tls_identity.h"

namespace kith {

/// Whom to ask. Two origins share connections when all three are equal.
struct HttpOrigin {
    std::string host;  ///< for SNI, the certificate check and :authority
    std::uint16_t port = 443;
    std::vector<boost::asio::ip::address> addresses;  ///< tried in this order
    bool operator==(const HttpOrigin&) const = default;
};

/// Whether a request may be sent twice when a connection broke before an answer. A request that
/// the server surely has not seen (GOAWAY, REFUSED_STREAM) is repeated in any case.
enum class Repeat { never, allowed };

struct HttpCall {
    std::string method = "GET";
    std::string path = "/";  ///< with the query
    HttpHeaders headers;
    HttpBody body;  ///< a source is awaited on the client's executor, and only once
    Repeat repeat = Repeat::never;
    Milliseconds deadline{60'000};          ///< to the end of the reply; for streams: to its header
    std::size_t reply_limit = 1024 * 1024;  ///< octets of the reply's body; for request() only
};

struct HttpReply {
    unsigned status = 0;
    HttpHeaders headers;
    Bytes body;
};

/// A reply whose body is read piece by piece (blobs, events). Destroying it before the end resets
/// the stream; the connection goes on.
class HttpStream {
  public:
    HttpStream() = default;
    HttpStream(const HttpStream&) = delete;
    HttpStream& operator=(const HttpStream&) = delete;
    virtual ~HttpStream() = default;

    virtual unsigned status() const = 0;
    virtual const HttpHeaders& headers() const = 0;
    /// The next octets; empty at the end. Flow control follows the reading. `limit`: how long to
    /// wait for them. Errors: timeout (a further call may go on), io.
    virtual awaitable<Result<Bytes>> next(Milliseconds limit) = 0;
};

struct HttpClientOptions {
    SslContext tls;  ///< from client_tls()
    Adjustable<std::size_t> connections_per_origin = 4;
    std::size_t streams_per_connection = 100;  ///< or what the server allows, if less
    std::size_t waiting_per_origin = 1024;     ///< requests without a place; more: unavailable
    /// Each address: TCP, TLS and SETTINGS.
    Adjustable<Milliseconds> connect_timeout = Milliseconds(10'000);
    Milliseconds idle_timeout{60'000};  ///< a connection without requests is closed
    std::uint32_t stream_window = 1024 * 1024;
    std::uint32_t connection_window = 8 * 1024 * 1024;
    /// May this address be connected to? Empty: all. See is_public_address().
    std::function<bool(const boost::asio::ip::address&)> allow_address;
    std::string user_agent = "kith/1";
};

/// Lives on one executor (an I/O thread); the calls may be made from coroutines on any executor
/// and resume there. Destroy it on its own thread or after that has ended, after stop().
class HttpClient {
  public:
    HttpClient(Executor executor, HttpClientOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// The whole reply. A reply that comes before the body has crossed (and the server resets the
    /// stream with NO_ERROR) is a reply like any other. Errors: unavailable (no connection, queue
    /// full, client stops), untrusted (certificate), denied (every address is refused by
    /// allow_address), timeout, limit (reply_limit), io (connection broke), malformed (no HTTP/2).
    awaitable<Result<HttpReply>> request(HttpOrigin origin, HttpCall call);
    /// Returns when the reply's header is there. Errors: as request().
    awaitable<Result<std::unique_ptr<HttpStream>>> open(HttpOrigin origin, HttpCall call);

    /// Ends everything: requests under way fail with unavailable. Then no more.
    awaitable<void> stop();
    /// For connections made from here on; any thread.
    void set_connections_per_origin(std::size_t connections);
    void set_connect_timeout(Milliseconds timeout);
    /// Open connections, for metrics; any thread.
    std::size_t connections() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace kith
