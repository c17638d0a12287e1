// What an HTTP handler sees: a request whose body is awaited, a response whose body is octets or
// is pulled from a source. The same for HTTP/2 and HTTP/1.1. Every object here belongs to one
// connection and is used on that connection's I/O thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "net/awaitable.h"
#include "protocol/http_headers.h"

namespace kith {

/// The body of a request, in the order sent. Octets are given credit (WINDOW_UPDATE) only as they
/// are read, so what the handler leaves unread never crosses, beyond the stream window.
class RequestBody {
  public:
    RequestBody() = default;
    RequestBody(const RequestBody&) = delete;
    RequestBody& operator=(const RequestBody&) = delete;
    virtual ~RequestBody() = default;

    /// Content-Length, when the client gave one.
    virtual std::optional<std::uint64_t> declared_size() const = 0;
    /// Everything has arrived: no read will wait.
    virtual bool complete() const = 0;
    /// What has arrived, at least one octet; empty at the end. One read at a time.
    /// Errors: io (the client reset the stream or went away), timeout (slower than
    /// HttpLimits::min_body_rate), unavailable (the server stops), malformed (HTTP/1.1 chunks).
    virtual awaitable<Result<Bytes>> read_some() = 0;
    /// Everything from here on. Errors: limit as soon as more than `limit` octets are declared or
    /// come; those of read_some.
    awaitable<Result<Bytes>> read_all(std::size_t limit);
};

/// A request body that is there already; for tests of handlers.
std::unique_ptr<RequestBody> body_of(Bytes bytes);

struct HttpRequest {
    std::string id;         ///< given by the server, and told in the answer as `request-id`
    std::string method;     ///< as sent: "GET"
    std::string path;       ///< as sent, before "?"; not percent-decoded; begins with "/"
    std::string query;      ///< as sent, behind "?"; empty when absent
    std::string authority;  ///< :authority, or Host
    HttpHeaders headers;
    boost::asio::ip::tcp::endpoint remote;  ///< IPv4-mapped addresses are given as IPv4
    std::unique_ptr<RequestBody> body;      ///< never null
};

/// A body made piece by piece: a blob from disk, or events that never end.
class BodySource {
  public:
    BodySource() = default;
    BodySource(const BodySource&) = delete;
    BodySource& operator=(const BodySource&) = delete;
    virtual ~BodySource() = default;

    /// The next piece (64 KiB is a good size); empty at the end. An error breaks the stream off.
    /// The next piece is asked for when this one has gone out. One call at a time.
    virtual awaitable<Result<Bytes>> next() = 0;
    /// Nobody will read on (stream closed, server stops): a waiting next() must return soon, with
    /// whatever. On the thread of next(); may come at any time, also twice. A source whose next()
    /// can wait for long (events) must override it.
    virtual void stop() {}
    /// All octets together, when known beforehand: becomes Content-Length.
    virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// Octets, or a source of them. A request that may be sent again needs octets.
using HttpBody = std::variant<Bytes, std::shared_ptr<BodySource>>;

struct HttpResponse {
    unsigned status = 200;
    HttpHeaders headers;  ///< Content-Length is added where the size is known
    HttpBody body;
};

/// A response with a text and its content type.
HttpResponse text_response(unsigned status, std::string_view content_type, std::string_view text);
/// RFC 9457 problem details: {"type": "urn:kith:TYPE", "status": …, "detail": …} is for the caller
/// to shape; this only sets the media type.
HttpResponse problem_response(unsigned status, std::string_view json);

/// Answers requests. One object for all threads: handle() runs on the I/O thread of the connection,
/// so it must not block (worker_pool.h) and must be thread-safe.
class HttpHandler {
  public:
    HttpHandler() = default;
    HttpHandler(const HttpHandler&) = delete;
    HttpHandler& operator=(const HttpHandler&) = delete;
    virtual ~HttpHandler() = default;

    /// Called as soon as the header is complete; the body may still be on its way. Returning before
    /// the body was read to its end is allowed: the answer is sent, then the stream is reset with
    /// NO_ERROR (HTTP/1.1: the connection is closed behind the answer). An exception becomes 500.
    virtual awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) = 0;
};

}  // namespace kith
