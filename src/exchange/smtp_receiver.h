// Mail that comes by SMTP (RFC 5321), from the socket to whoever decides: listens, runs the machine
// (protocol/smtp_server.h) on each connection within its deadlines, and puts what the client does
// to a handler.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/adjustable.h"
#include "base/time.h"
#include "exchange/smtp_receiver_handler.h"
#include "net/io_threads.h"
#include "net/tls_identity.h"
#include "protocol/smtp_server.h"

namespace kith {

/// RFC 5321 section 4.5.3.2: a server waits five minutes for the next command. May be set while it
/// runs.
struct SmtpTimeouts {
    Adjustable<Milliseconds> handshake = Milliseconds(30'000);  ///< of TLS
    Adjustable<Milliseconds> command = Milliseconds(300'000);   ///< for a whole line
    Adjustable<Milliseconds> text = Milliseconds(300'000);      ///< for any octet of it
    /// Instead of `command` and `text` while more than three quarters of the connections are taken.
    Adjustable<Milliseconds> under_load = Milliseconds(20'000);
    Adjustable<Milliseconds> answer = Milliseconds(60'000);  ///< of the handler
    Adjustable<Milliseconds> write = Milliseconds(60'000);   ///< the client takes no octet of ours
    /// Octets a second of text, on average once it has come for text_grace.
    Adjustable<std::uint64_t> min_text_rate = std::uint64_t{256};
    Adjustable<Milliseconds> text_grace = Milliseconds(60'000);
};

struct SmtpReceiverLimits {
    std::size_t connections = 10'000;         ///< all together; more are told 421 and closed
    std::size_t connections_per_prefix = 50;  ///< per IPv4 address or IPv6 /64
    std::size_t wide_networks = 4;            ///< and a wide network so many times as many
    SmtpTimeouts timeouts;
};

struct SmtpListener {
    boost::asio::ip::tcp::endpoint endpoint;  ///< port 0: the system chooses
    smtp::ServerRole role = smtp::ServerRole::mx;
    /// offered: STARTTLS (25, 587); active: TLS from the first octet (465).
    smtp::TlsState tls = smtp::TlsState::offered;
};

struct SmtpReceiverOptions {
    std::vector<SmtpListener> listen;
    std::string host_name;                    ///< ours, in the greeting
    std::vector<smtp::Mechanism> mechanisms;  ///< for submission
    smtp::Dsn dsn = smtp::Dsn::offered;
    smtp::ServerLimits session;
    SmtpReceiverLimits limits;
    /// Told of accept errors and exceptions in one line; from any I/O thread; may be empty.
    std::function<void(const std::string&)> log;
    /// Who is let in no more. From any I/O thread, must not block; may be empty.
    std::function<bool(const boost::asio::ip::address&)> shut_out;
};

/// For metrics; a snapshot.
struct SmtpReceiverCounts {
    std::uint64_t connections = 0;           ///< open now
    std::uint64_t connections_accepted = 0;  ///< since start, as all below
    std::uint64_t connections_refused = 0;   ///< over a limit, or shut out
    std::uint64_t handshakes = 0;
    std::uint64_t handshakes_failed = 0;
    std::uint64_t messages_accepted = 0;
    std::uint64_t messages_refused = 0;  ///< at their end
    std::uint64_t violations = 0;
    std::uint64_t timeouts = 0;
};

/// An idle connection in clear holds about 6 KiB, one under TLS about 40 more in OpenSSL. What a
/// client can add to that has the bound of the machine (protocol/smtp_server.h), and 16 KiB of text
/// while the handler has it.
class SmtpReceiver {
  public:
    /// One for each connection, made on its thread. nullptr: it is told 421.
    using MakeHandler = std::function<std::unique_ptr<SmtpReceiverHandler>()>;

    /// Binds, listens and serves. `threads` must outlive it. Errors: io (cannot bind; the detail
    /// names the address).
    static Result<std::unique_ptr<SmtpReceiver>> open(IoThreads& threads,
                                                      SmtpReceiverOptions options,
                                                      std::shared_ptr<TlsIdentity> identity,
                                                      MakeHandler make_handler);
    /// stop() with one second, if it was not called.
    ~SmtpReceiver();
    SmtpReceiver(const SmtpReceiver&) = delete;
    SmtpReceiver& operator=(const SmtpReceiver&) = delete;

    /// Where it listens, with the port chosen; in the order of the options.
    const std::vector<boost::asio::ip::tcp::endpoint>& endpoints() const;
    SmtpReceiverCounts counts() const;
    /// Takes over the connection limits (who is connected already stays) and the timeouts. One
    /// caller at a time, any thread.
    void set_limits(const SmtpReceiverLimits& limits);

    /// Stops accepting; who is between two messages is told 421, transactions may end. At the
    /// deadline connections are closed. True: no handler runs any more. Blocks: not from an I/O
    /// thread.
    bool stop(Milliseconds deadline);

  private:
    struct Impl;
    explicit SmtpReceiver(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kith
