// A connection that begins in clear and may go on under TLS (STARTTLS). It reads and writes as a
// TlsStream does.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <span>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "net/awaitable.h"
#include "net/tls_stream.h"

namespace kith {

/// Belongs to one I/O thread. One coroutine at a time waits.
class StarttlsStream {
  public:
    using Outcome = TlsStream::Outcome;
    using Step = TlsStream::Step;

    /// Errors: io.
    static Result<StarttlsStream> open(boost::asio::ip::tcp::socket socket);

    /// The server's side of TLS, with its handshake. Nothing of what came in clear is kept here, so
    /// that none of it can pass for what came under TLS. Errors: io; the stream is of no use then.
    awaitable<Result<void>> start_tls(SslContext context);
    /// nullptr: in clear.
    const TlsStream* tls() const { return std::get_if<TlsStream>(&stream_); }

    Step try_read(std::span<std::uint8_t> into);
    Step try_write(ByteView octets);
    awaitable<void> wait_for(Outcome wish);
    /// Errors: io.
    awaitable<Result<void>> write_all(Bytes octets);
    /// Whoever waits goes on, as if it was readable or writable.
    void wake();
    void end_output();
    /// Idempotent.
    void close();
    bool is_open() const;

  private:
    explicit StarttlsStream(boost::asio::ip::tcp::socket socket) : stream_(std::move(socket)) {}
    using Plain = boost::asio::ip::tcp::socket;
    std::variant<Plain, TlsStream> stream_;
};

}  // namespace kith
