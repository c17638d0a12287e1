// What one client may cost us. Every number has a reason; the defaults suit a server on the open
// internet.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace kith {

struct HttpLimits {
    std::size_t connections = 10'000;               ///< all together; more are closed at once
    std::size_t connections_per_prefix = 200;       ///< per IPv4 address or IPv6 /56
    std::size_t requests_in_progress = 16'384;      ///< handlers running; more are answered 503
    std::uint32_t concurrent_streams = 128;         ///< per connection
    std::size_t header_list_octets = 16 * 1024;     ///< names and values and 32 each; more: 431
    std::uint32_t stream_window = 256 * 1024;       ///< unread request body a stream may hold
    std::uint32_t connection_window = 1024 * 1024;  ///< and all streams of a connection
    Milliseconds header_timeout{10'000};            ///< TLS handshake; and each request's header
    Milliseconds idle_timeout{120'000};   ///< without any stream; or without a sign of life
    Milliseconds event_timeout{300'000};  ///< a response that is a source and gives nothing
    Milliseconds stall_timeout{60'000};   ///< response octets there, and the client takes none
    /// Octets a second of request body, on average over the time that a handler waits for it,
    /// once it has waited body_grace.
    std::uint64_t min_body_rate = 1024;
    Milliseconds body_grace{10'000};
};

}  // namespace kith
