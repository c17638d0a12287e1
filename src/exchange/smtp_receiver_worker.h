// One I/O thread's part of the SMTP receiver: its listening sockets, its connections, and the sweep
// that holds them to their deadlines.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <unordered_set>

#include "exchange/smtp_connection.h"
#include "net/task_group.h"

namespace kith {

/// Everything but construction and listen() happens on its thread.
class SmtpReceiverWorker : public std::enable_shared_from_this<SmtpReceiverWorker> {
  public:
    SmtpReceiverWorker(boost::asio::io_context& context,
                       std::shared_ptr<SmtpReceiverShared> shared);
    SmtpReceiverWorker(const SmtpReceiverWorker&) = delete;
    SmtpReceiverWorker& operator=(const SmtpReceiverWorker&) = delete;

    /// Before start(). `listener` gets the port. Errors: io.
    Result<void> listen(SmtpListener& listener);
    void start();
    void begin_stop();
    /// Cancels what still runs.
    void abort_all();
    /// The last that is called.
    void end_sweep();

  private:
    struct Door {
        boost::asio::ip::tcp::acceptor acceptor;
        SmtpListener listener;
    };
    using Doors = std::list<Door>;

    awaitable<void> accept_loop(Door* door);
    awaitable<void> serve(std::shared_ptr<SmtpConnection> connection,
                          ConnectionLimiter::Permit permit);
    awaitable<void> sweep_loop();
    void admit(boost::asio::ip::tcp::socket socket, const SmtpListener& listener);
    void spawn(awaitable<void> task);
    void sweep();
    bool is_shut_out(const boost::asio::ip::tcp::endpoint& remote) const;

    boost::asio::io_context& context_;
    std::shared_ptr<SmtpReceiverShared> shared_;
    std::shared_ptr<Bytes> buffer_;
    Doors doors_;
    TaskGroup tasks_;
    boost::asio::steady_timer sweep_timer_;
    std::unordered_set<std::shared_ptr<SmtpConnection>> connections_;
    bool stopping_ = false;
    bool sweep_ended_ = false;
};

}  // namespace kith
