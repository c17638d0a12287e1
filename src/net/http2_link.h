// An HTTP/2 session on a TLS stream: the thin driver that both sides share. It reads, feeds the
// machine, hands its events on, and writes what the machine has to say, many frames at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "net/awaitable.h"
#include "net/signal.h"
#include "net/tls_stream.h"
#include "protocol/http2_session.h"

namespace kith {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Buffers that the connections of a thread share, used between two waits only.
struct IoBuffers {
    Bytes input = Bytes(16 * 1024);  ///< a TLS record
    Bytes output;
};

/// Belongs to one I/O thread; kept alive by its two loops.
class Http2Link : public std::enable_shared_from_this<Http2Link> {
  public:
    Http2Link(TlsStream stream,
              http2::Role role,
              const http2::SessionLimits& limits,
              std::shared_ptr<IoBuffers> buffers);
    Http2Link(const Http2Link&) = delete;
    Http2Link& operator=(const Http2Link&) = delete;
    virtual ~Http2Link() = default;

    /// Both must run until they end; the second to end says nothing more.
    awaitable<void> read_loop();
    awaitable<void> write_loop();
    /// Closes the stream; on_closed comes from here, once.
    void close(const Error& why);
    bool is_open() const { return stream_.is_open(); }

  protected:
    virtual void on_event(http2::Event event) = 0;
    /// All events of what was read have been told.
    virtual void on_events_told() {}
    /// The connection is of no use any more. The last call.
    virtual void on_closed(const Error& why) = 0;

    /// The machine has, or may have, something to say.
    void flush() {
        if (session_.wants_output())
            output_.raise();
    }
    http2::Session& session() { return session_; }
    TlsStream& stream() { return stream_; }
    SteadyTime last_read() const { return last_read_; }
    SteadyTime last_write() const { return last_write_; }
    bool write_blocked() const { return write_blocked_; }

  private:
    bool take_input(std::size_t size);
    void dispatch();
    awaitable<bool> write_out();

    TlsStream stream_;
    http2::Session session_;
    http2::Role role_;
    std::shared_ptr<IoBuffers> buffers_;
    Bytes unwritten_;  // what the socket did not take
    Signal output_;
    Signal unblocked_;
    SteadyTime last_read_ = std::chrono::steady_clock::now();
    SteadyTime last_write_ = last_read_;
    bool write_blocked_ = false;
    bool closed_ = false;
};

}  // namespace kith
