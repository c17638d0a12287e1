// TLS over a non-blocking socket that OpenSSL reads and writes itself (SSL_set_fd): an idle
// connection costs less than half of what asio::ssl::stream takes, which keeps two buffers of its
// own besides OpenSSL's.
#pragma once

#include <openssl/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "net/awaitable.h"
#include "net/tls_identity.h"

struct ssl_session_st;  // OpenSSL's SSL_SESSION

namespace kith {

struct SessionDeleter {
    void operator()(ssl_session_st* session) const;
};
/// What a later connection to the same server resumes from (RFC 8446 section 2.2).
using TlsSession = std::unique_ptr<ssl_session_st, SessionDeleter>;

/// Belongs to one I/O thread. One reader and one writer may wait at the same time.
class TlsStream {
  public:
    enum class Outcome { done, wants_read, wants_write, ended, failed };
    struct Step {
        Outcome outcome = Outcome::failed;
        std::size_t size = 0;  ///< octets read or written; for done only
    };

    /// The server's side of a connection. Errors: io.
    static Result<TlsStream> server(boost::asio::ip::tcp::socket socket, SslContext context);
    /// The client's side: SNI and the certificate check are for `host`; `resume` may be null.
    static Result<TlsStream> client(boost::asio::ip::tcp::socket socket,
                                    SslContext context,
                                    const std::string& host,
                                    ssl_session_st* resume);

    /// Errors: untrusted (the certificate; the detail says why), io. close() ends it.
    awaitable<Result<void>> handshake();
    /// What ALPN chose; empty: nothing.
    std::string protocol() const;
    bool resumed() const;
    /// "TLSv1.3" and "TLS_AES_256_GCM_SHA384", for traces and logs.
    std::string version() const;
    std::string cipher() const;
    /// A session to resume from, if the server gave one by now.
    TlsSession session() const;

    /// Never wait. At most one record is read. After wants_… wait and repeat; a write is repeated
    /// with the same octets first.
    Step try_read(std::span<std::uint8_t> into);
    Step try_write(ByteView octets);
    /// Return when it is so, or when the stream was closed.
    awaitable<void> wait_readable();
    awaitable<void> wait_writable();
    awaitable<void> wait_for(Outcome wish);
    /// Reads, waiting; 0 at the end. Errors: io.
    awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into);
    /// Writes all, waiting. Errors: io.
    awaitable<Result<void>> write_all(Bytes octets);

    /// Whoever waits goes on, as if it was readable or writable.
    void wake();
    /// Sends the end of our octets; reading goes on.
    void end_output();
    /// Sends close_notify if that needs no waiting, and closes; whoever waits goes on. Idempotent.
    void close();
    bool is_open() const { return socket_.is_open(); }

  private:
    struct SslDeleter {
        void operator()(SSL* ssl) const;
    };
    TlsStream(boost::asio::ip::tcp::socket socket, SslContext context);
    Result<void> attach();
    Step judge(int result, std::size_t size);
    Error handshake_error();

    boost::asio::ip::tcp::socket socket_;
    SslContext context_;
    std::unique_ptr<SSL, SslDeleter> ssl_;
    bool broken_ = false;  // OpenSSL forbids SSL_shutdown after a fatal error
};

}  // namespace kith
