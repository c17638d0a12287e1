// One connection of an SMTP client: a loop around the machine (protocol/smtp_server.h). All law is
// in the machine; all waiting is here.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "exchange/smtp_receiver.h"
#include "net/connection_limiter.h"
#include "net/starttls_stream.h"

namespace kith {

/// What all threads of a receiver share.
struct SmtpReceiverShared {
    SmtpReceiverOptions options;
    std::shared_ptr<TlsIdentity> identity;
    SmtpReceiver::MakeHandler make_handler;
    std::shared_ptr<ConnectionLimiter> limiter;
    Adjustable<std::size_t> many = std::size_t{0};  ///< connections from which on it is loaded
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> handshakes{0};
    std::atomic<std::uint64_t> handshakes_failed{0};
    std::atomic<std::uint64_t> messages_accepted{0};
    std::atomic<std::uint64_t> messages_refused{0};
    std::atomic<std::uint64_t> violations{0};
    std::atomic<std::uint64_t> timeouts{0};

    std::atomic<std::size_t> tasks{0};  ///< connections and accepting loops of all threads
    std::mutex mutex;
    std::condition_variable no_tasks;

    const SmtpTimeouts& timeouts_now() const { return options.limits.timeouts; }
    void log(const std::string& line) const {
        if (options.log)
            options.log(line);
    }
};

/// Belongs to one I/O thread.
class SmtpConnection : public std::enable_shared_from_this<SmtpConnection> {
  public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// `buffer` is the thread's: read into and emptied without a wait between.
    SmtpConnection(StarttlsStream stream,
                   boost::asio::ip::tcp::endpoint remote,
                   const SmtpListener& listener,
                   std::shared_ptr<SmtpReceiverShared> shared,
                   std::shared_ptr<Bytes> buffer);

    /// Until the connection ends.
    awaitable<void> run();

    // From the sweep; none waits or destroys anything.
    /// Ends what is over its time.
    void check(SteadyTime now);
    /// Says 421 when no transaction is under way, or else when it has ended.
    void begin_stop();
    void abort();
    const boost::asio::ip::tcp::endpoint& remote() const { return remote_; }

  private:
    enum class Phase { handler, handshake, read, write, linger };

    awaitable<bool> start_tls();
    awaitable<void> talk();
    awaitable<void> handle_events();
    awaitable<void> handle(smtp::ServerEvent event);
    awaitable<void> connected();
    awaitable<void> text_piece(Bytes bytes);
    awaitable<void> text_end();
    awaitable<void> ask(awaitable<SmtpAnswer> call);
    awaitable<Result<SmtpAnswer>> decided(awaitable<SmtpAnswer> call);
    void answer(const Result<SmtpAnswer>& what);
    awaitable<bool> write_output();
    awaitable<bool> read_more();
    awaitable<void> linger();
    void enter(Phase phase);
    void time_out();
    void wake();
    bool is_too_slow(SteadyTime now) const;
    SmtpTls tls() const;

    StarttlsStream stream_;
    boost::asio::ip::tcp::endpoint remote_;
    smtp::ServerRole role_;
    std::shared_ptr<SmtpReceiverShared> shared_;
    std::shared_ptr<Bytes> buffer_;
    smtp::Server machine_;
    std::unique_ptr<SmtpReceiverHandler> handler_;
    Phase phase_ = Phase::handler;
    SteadyTime since_;       ///< of the phase; reading a line begins once, however it is split
    bool answered_ = true;   ///< since the last read: the next one is for something new
    bool woken_ = false;     ///< the reader has something else to do
    bool upgrade_ = false;   ///< TLS begins when the output is written
    bool violated_ = false;  ///< the client may still be writing
    struct Text {
        std::chrono::steady_clock::duration waited{};
        std::uint64_t octets = 0;
        bool failed = false;  ///< a piece could not be handled: 451 at the end
    };
    Text text_;
};

}  // namespace kith
