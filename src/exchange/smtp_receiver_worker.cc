#include "exchange/smtp_receiver_worker.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string_view>
#include <utility>

#include "net/address.h"
#include "net/listen.h"

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What is read from a client at once, and so the largest piece of text.
constexpr std::size_t kReadOctets = std::size_t{16} * 1024;
/// How long accepting rests when the process is out of descriptors.
constexpr Milliseconds kAcceptRest{100};

std::string what_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

Milliseconds sweep_period(const SmtpTimeouts& limits) {
    const auto least = std::min({limits.handshake.get(),
                                 limits.command.get(),
                                 limits.text.get(),
                                 limits.under_load.get(),
                                 limits.write.get(),
                                 limits.text_grace.get()});
    return std::clamp(least / 4, Milliseconds(10), Milliseconds(1000));
}

/// Counted until it ends: a stop waits for it.
class Counted {
  public:
    explicit Counted(std::shared_ptr<SmtpReceiverShared> shared) : shared_(std::move(shared)) {
        shared_->tasks.fetch_add(1);
    }
    Counted(Counted&&) noexcept = default;
    Counted& operator=(Counted&&) = delete;
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() {
        if (shared_ && shared_->tasks.fetch_sub(1) == 1) {
            const std::lock_guard lock(shared_->mutex);
            shared_->no_tasks.notify_all();
        }
    }

  private:
    std::shared_ptr<SmtpReceiverShared> shared_;
};

awaitable<void> run_counted(awaitable<void> task, Counted counted) {
    const Counted until_the_end(std::move(counted));
    co_await std::move(task);
}

/// A word for who is not let in, if it can be said without waiting. Under TLS it cannot.
void send_away(tcp::socket& socket, const SmtpListener& listener) {
    static constexpr std::string_view kBusy = "421 4.7.0 Too many connections\r\n";
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    if (listener.tls != smtp::TlsState::active)
        socket.write_some(asio::buffer(kBusy), ignored);
    socket.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace

SmtpReceiverWorker::SmtpReceiverWorker(asio::io_context& context,
                                       std::shared_ptr<SmtpReceiverShared> shared)
    : context_(context),
      shared_(std::move(shared)),
      buffer_(std::make_shared<Bytes>(kReadOctets)),
      tasks_(context.get_executor(),
             [shared = shared_](const std::exception_ptr& failure) {
                 shared->log("smtp: a connection failed: " + what_of(failure));
             }),
      sweep_timer_(context) {}

Result<void> SmtpReceiverWorker::listen(SmtpListener& listener) {
    tcp::acceptor acceptor = TRY(listen_on(context_, listener.endpoint));
    doors_.push_back({std::move(acceptor), listener});
    return {};
}

void SmtpReceiverWorker::start() {
    for (Door& door : doors_)
        spawn(accept_loop(&door));
    // Not counted: it goes on while the others end.
    asio::co_spawn(context_, sweep_loop(), [self = shared_from_this()](std::exception_ptr) {});
}

void SmtpReceiverWorker::spawn(awaitable<void> task) {
    tasks_.spawn(run_counted(std::move(task), Counted(shared_)));
}

awaitable<void> SmtpReceiverWorker::accept_loop(Door* door) {
    auto self = shared_from_this();
    asio::steady_timer rest(context_);
    while (door->acceptor.is_open()) {
        auto [error, socket] =
            co_await door->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) {
            admit(std::move(socket), door->listener);
        } else if (door->acceptor.is_open() && error != asio::error::connection_aborted) {
            shared_->log("smtp: accept: " + error.message());
            rest.expires_after(kAcceptRest);
            co_await rest.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void SmtpReceiverWorker::admit(tcp::socket socket, const SmtpListener& listener) {
    boost::system::error_code error;
    tcp::endpoint remote = socket.remote_endpoint(error);
    if (error || stopping_)
        return;
    remote.address(plain_address(remote.address()));
    auto permit = is_shut_out(remote) ? std::nullopt : shared_->limiter->admit(remote.address());
    if (!permit) {
        shared_->refused.fetch_add(1, std::memory_order_relaxed);
        send_away(socket, listener);
        return;
    }
    auto stream = StarttlsStream::open(std::move(socket));
    if (!stream)
        return;
    shared_->accepted.fetch_add(1, std::memory_order_relaxed);
    spawn(serve(
        std::make_shared<SmtpConnection>(std::move(*stream), remote, listener, shared_, buffer_),
        std::move(*permit)));
}

awaitable<void> SmtpReceiverWorker::serve(std::shared_ptr<SmtpConnection> connection,
                                          ConnectionLimiter::Permit permit) {
    const auto self = shared_from_this();
    const auto kept = std::move(permit);
    // Whichever way it ends, by cancellation too.
    struct Entry {
        SmtpReceiverWorker& worker;
        std::shared_ptr<SmtpConnection> connection;
        ~Entry() { worker.connections_.erase(connection); }
    };
    const Entry entry{*self, connection};
    connections_.insert(connection);
    co_await connection->run();
}

awaitable<void> SmtpReceiverWorker::sweep_loop() {
    auto self = shared_from_this();
    while (!sweep_ended_) {
        sweep_timer_.expires_after(sweep_period(shared_->timeouts_now()));
        co_await sweep_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        sweep();
    }
}

void SmtpReceiverWorker::sweep() {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& connection : connections_)
        if (is_shut_out(connection->remote()))
            connection->abort();
        else
            connection->check(now);
}

bool SmtpReceiverWorker::is_shut_out(const tcp::endpoint& remote) const {
    const auto& shut_out = shared_->options.shut_out;
    return shut_out && shut_out(remote.address());
}

void SmtpReceiverWorker::begin_stop() {
    stopping_ = true;
    boost::system::error_code ignored;
    for (Door& door : doors_)
        door.acceptor.close(ignored);
    for (const auto& connection : connections_)
        connection->begin_stop();
}

void SmtpReceiverWorker::abort_all() {
    for (const auto& connection : connections_)
        connection->abort();
    tasks_.cancel();
}

void SmtpReceiverWorker::end_sweep() {
    sweep_ended_ = true;
    sweep_timer_.cancel();
}

}  // namespace kith
