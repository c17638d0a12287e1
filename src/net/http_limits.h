// What one client may cost us. Every number has a reason; the defaults suit a server on the open
// internet. The adjustable ones may be set while the server runs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/adjustable.h"
#include "base/time.h"

namespace kith {

struct HttpLimits {
    std::size_t connections = 10'000;            ///< all together; more are closed at once
    std::size_t connections_per_prefix = 200;    ///< per IPv4 address or IPv6 /64
    std::uint64_t handshakes_in_minute = 3'000;  ///< of TLS, per IPv4 address or IPv6 /64
    std::size_t wide_networks = 4;               ///< and a wide network so many times as many
    /// Handlers running; more are answered 503.
    Adjustable<std::size_t> requests_in_progress = std::size_t{16'384};
    Adjustable<std::uint32_t> concurrent_streams = 128U;  ///< per connection, of new ones
    /// Names and values and 32 each; more: 431. Of new connections.
    Adjustable<std::size_t> header_list_octets = std::size_t{16} * 1024;
    std::uint32_t stream_window = 256 * 1024;       ///< unread request body a stream may hold
    std::uint32_t connection_window = 1024 * 1024;  ///< and all streams of a connection
    Adjustable<Milliseconds> handshake_timeout = Milliseconds(10'000);  ///< of TLS
    /// Each request's header; and a new connection until its first request.
    Adjustable<Milliseconds> header_timeout = Milliseconds(10'000);
    /// Without any stream; or without a sign of life.
    Adjustable<Milliseconds> idle_timeout = Milliseconds(120'000);
    Milliseconds event_timeout{300'000};  ///< a response that is a source and gives nothing
    /// Response octets there, and the client takes none.
    Adjustable<Milliseconds> stall_timeout = Milliseconds(60'000);
    /// Octets a second of request body, on average over the time that a handler waits for it,
    /// once it has waited body_grace.
    Adjustable<std::uint64_t> min_body_rate = std::uint64_t{1024};
    Adjustable<Milliseconds> body_grace = Milliseconds(10'000);

    /// Takes over the adjustable ones; others may be reading.
    void adjust(const HttpLimits& to) {
        requests_in_progress = to.requests_in_progress;
        concurrent_streams = to.concurrent_streams;
        header_list_octets = to.header_list_octets;
        handshake_timeout = to.handshake_timeout;
        header_timeout = to.header_timeout;
        idle_timeout = to.idle_timeout;
        stall_timeout = to.stall_timeout;
        min_body_rate = to.min_body_rate;
        body_grace = to.body_grace;
    }
};

}  // namespace kith
