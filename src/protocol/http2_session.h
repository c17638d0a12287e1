// One HTTP/2 connection as a pure machine (RFC 9113), around nghttp2: octets in, events out, octets
// out. No sockets, clocks, threads; server and client side alike.
//
//   feed(octets)  ──►  next_event() …   request()/respond()/push_body()/consume()  ──►
//   take_output()
//
// Flow control is the caller's: the octets of a Data event are owed until consume() gives them
// back, so an unread body holds at most the stream window, and all of them the connection window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/http_headers.h"

namespace kith::http2 {

using StreamId = std::int32_t;

/// RFC 9113 section 7, those that we send ourselves.
enum class Code : std::uint32_t {
    no_error = 0,
    internal_error = 2,
    refused_stream = 7,
    cancel = 8,
    enhance_your_calm = 11,
};

struct SessionLimits {
    std::uint32_t concurrent_streams = 128;      ///< that the peer may open
    std::size_t header_list_octets = 16 * 1024;  ///< RFC 9113 section 6.5.2; a server answers 431
    std::uint32_t stream_window = 256 * 1024;
    std::uint32_t connection_window = 1024 * 1024;
    std::uint64_t reset_burst = 1000;  ///< RST_STREAM frames of a client; then GOAWAY
    std::uint64_t resets_per_second = 33;
    std::size_t outbound_acks = 256;  ///< answers to PING and SETTINGS not yet taken; then an error
    std::size_t continuations = 8;    ///< CONTINUATION frames of one header
    std::size_t settings = 32;        ///< entries of one SETTINGS frame
};

/// A whole body, or one that comes in pieces (push_body, end_body).
enum class BodyMode { whole, pieces };

// The events. After Closed nothing more comes of that stream.
struct Request {  ///< server: a request's header is complete and within the limits
    StreamId stream = 0;
    RequestHead head;
};
struct Reply {  ///< client: a final reply's header is complete
    StreamId stream = 0;
    ReplyHead head;
};
struct Data {
    StreamId stream = 0;
    Bytes bytes;  ///< adjacent ones may come joined
};
struct End {  ///< the peer's side of the stream has ended properly
    StreamId stream = 0;
};
struct Closed {
    StreamId stream = 0;
    std::uint32_t code = 0;  ///< of RST_STREAM; 0 for a stream that ended
};
struct Drained {  ///< what was pushed has gone into the output; more may be pushed
    StreamId stream = 0;
};
struct GoingAway {  ///< client: no further requests here; streams above `last` were not seen
    StreamId last = 0;
    std::uint32_t code = 0;
};
struct Settings {  ///< client: the peer's SETTINGS have come
    std::uint32_t concurrent_streams = 0;
};
using Event = std::variant<Request, Reply, Data, End, Closed, Drained, GoingAway, Settings>;

enum class Role { server, client };

/// Not thread-safe. A method called for a stream that is gone does nothing.
class Session {
  public:
    Session(Role role, const SessionLimits& limits);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// All octets are taken. Errors, after which the connection is to be closed once take_output
    /// is empty: malformed, limit (a flood), internal (no memory).
    Result<void> feed(ByteView octets);
    std::optional<Event> next_event();
    /// Appends what is to be written until `out` holds at least `enough` octets or nothing is left.
    /// May make events (Drained, Closed). Errors: internal.
    Result<void> take_output(Bytes& out, std::size_t enough);
    bool wants_output() const;
    /// Nothing more will be read or written.
    bool finished() const;

    /// Client: sends a request. Errors: unavailable (no more streams on this connection).
    Result<StreamId> request(const RequestHead& head, BodyMode mode, Bytes body);
    /// Server: answers. If the request has not ended by the time the answer has, the stream is
    /// reset with NO_ERROR (RFC 9113 section 8.1). `mode` pieces: `body` is the first.
    void respond(StreamId stream, const ReplyHead& head, BodyMode mode, Bytes body);
    void push_body(StreamId stream, Bytes bytes);
    void end_body(StreamId stream);
    /// Octets of Data events were dealt with; also for streams that have closed since.
    void consume(StreamId stream, std::size_t octets);
    void reset(StreamId stream, Code code);
    void ping();
    /// GOAWAY: requests under way are finished, later ones are not taken.
    void go_away();

    /// Streams that have not closed.
    std::size_t open_streams() const;
    /// Whether a header has begun and not ended (CONTINUATION awaited).
    bool inside_header() const;
    /// Octets of body not yet in the output, and of body that ever went there.
    std::size_t unsent(StreamId stream) const;
    std::uint64_t sent(StreamId stream) const;

    struct Impl;  ///< http2_core.h

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace kith::http2
