#include "net/server_worker.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <exception>
#include <utility>

#include <unistd.h>

#include "net/address.h"
#include "net/http1_server.h"
#include "net/http2_server.h"
#include "net/listen.h"

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// How long accepting rests when the process is out of descriptors.
constexpr Milliseconds kAcceptRest{100};

/// A connection until its TLS handshake is done.
class Handshake final : public ServerConnection {
  public:
    Handshake(TlsStream stream, tcp::endpoint remote, SteadyTime deadline)
        : stream_(std::move(stream)), remote_(std::move(remote)), deadline_(deadline) {}
    void check(SteadyTime now) override {
        if (now > deadline_)
            stream_.close();
    }
    void begin_stop() override { stream_.close(); }
    void abort() override { stream_.close(); }
    const tcp::endpoint& remote() const override { return remote_; }
    TlsStream& stream() { return stream_; }

  private:
    TlsStream stream_;
    tcp::endpoint remote_;
    SteadyTime deadline_;
};

std::string http_date() {
    std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> text{};
    std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

std::string what_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "unknown exception";
    }
}

Milliseconds sweep_period(const HttpLimits& limits) {
    const auto least = std::min({limits.handshake_timeout.get(),
                                 limits.header_timeout.get(),
                                 limits.idle_timeout.get(),
                                 limits.event_timeout,
                                 limits.stall_timeout.get(),
                                 limits.body_grace.get()});
    return std::clamp(least / 4, Milliseconds(10), Milliseconds(1000));
}

}  // namespace

bool has_body(const std::string& method, unsigned status) {
    return method != "HEAD" && status != 204 && status != 304 && status >= 200;
}

ServerWorker::ServerWorker(asio::io_context& context, std::shared_ptr<ServerShared> shared)
    : context_(context), shared_(std::move(shared)), sweep_timer_(context), date_(http_date()) {}

Result<void> ServerWorker::listen(tcp::endpoint& endpoint) {
    acceptors_.push_back(TRY(listen_on(context_, endpoint)));
    return {};
}

void ServerWorker::start() {
    for (std::size_t i = 0; i < acceptors_.size(); ++i)
        spawn(accept_loop(i));
    // Not counted: it goes on while the others end.
    asio::co_spawn(context_, sweep_loop(), [self = shared_from_this()](std::exception_ptr) {});
}

void ServerWorker::spawn(awaitable<void> task) {
    shared_->tasks.fetch_add(1);
    auto ended = [self = shared_from_this()](const std::exception_ptr& failure) {
        if (failure)
            self->shared_->log("http: a connection failed: " + what_of(failure));
        if (self->shared_->tasks.fetch_sub(1) == 1) {
            std::lock_guard lock(self->shared_->mutex);
            self->shared_->no_tasks.notify_all();
        }
    };
    asio::co_spawn(context_, std::move(task), std::move(ended));
}

awaitable<void> ServerWorker::accept_loop(std::size_t index) {
    tcp::acceptor& acceptor = *std::next(acceptors_.begin(), static_cast<std::ptrdiff_t>(index));
    asio::steady_timer rest(context_);
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) {
            admit(std::move(socket));
        } else if (acceptor.is_open() && error != asio::error::connection_aborted) {
            shared_->log("http: accept: " + error.message());
            rest.expires_after(kAcceptRest);
            co_await rest.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void ServerWorker::admit(tcp::socket socket) {
    boost::system::error_code error;
    tcp::endpoint remote = socket.remote_endpoint(error);
    if (error)
        return;                               // gone already
    const auto protocol = remote.protocol();  // of the socket, before the address is made plain
    remote.address(plain_address(remote.address()));
    auto permit = is_shut_out(remote) ? std::nullopt : shared_->limiter->admit(remote.address());
    if (!permit) {
        shared_->refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (!shared_->handshake_gate->pass(remote.address(), std::chrono::steady_clock::now())) {
        shared_->handshakes_refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    shared_->accepted.fetch_add(1, std::memory_order_relaxed);
    const auto worker = least_busy(remote);
    auto place = worker->place();
    if (worker.get() == this) {
        spawn(serve(std::move(socket), remote, std::move(*permit), std::move(place)));
        return;
    }
    tcp::socket moved(worker->context_);
    if (const auto descriptor = socket.release(error); !error) {
        moved.assign(protocol, descriptor, error);
        if (error)
            ::close(descriptor);
    }
    if (error)
        return;
    asio::post(worker->context_,
               [worker,
                remote,
                moved = std::move(moved),
                permit = std::move(*permit),
                place = std::move(place)]() mutable {
                   if (!worker->stopping_)
                       worker->spawn(worker->serve(
                           std::move(moved), remote, std::move(permit), std::move(place)));
               });
}

// The kernel spreads connections over the listening sockets by chance; a domain that has four of
// them here should not find them all on one thread, nor in line behind a flood.
std::shared_ptr<ServerWorker> ServerWorker::least_busy(const tcp::endpoint& remote) {
    const auto& can_wait = shared_->options.can_wait;
    std::shared_ptr<ServerWorker> least;
    for (const auto& each :
         can_wait&& can_wait(remote.address()) ? shared_->yielding : shared_->prompt)
        if (auto worker = each.lock(); worker && (!least || worker->open_ < least->open_))
            least = std::move(worker);
    return least ? least : shared_from_this();
}

awaitable<void> ServerWorker::serve(tcp::socket socket,
                                    tcp::endpoint remote,
                                    ConnectionLimiter::Permit permit,
                                    Place place) {
    const auto kept = std::make_pair(std::move(permit), std::move(place));
    auto made = TlsStream::server(std::move(socket), shared_->identity->context());
    if (!made || stopping_)
        co_return;
    auto deadline = std::chrono::steady_clock::now() + limits().handshake_timeout.get();
    auto shaking = std::make_shared<Handshake>(std::move(*made), remote, deadline);
    connections_.insert(shaking);
    auto shaken = co_await shaking->stream().handshake();
    connections_.erase(shaking);
    (shaken ? shared_->handshakes : shared_->handshakes_failed)
        .fetch_add(1, std::memory_order_relaxed);
    if (!shaken)
        co_return;
    TlsStream stream = std::move(shaking->stream());
    if (stream.protocol() == "h2")
        co_await serve_http2(std::move(stream), remote);
    else
        co_await serve_http1(std::move(stream), remote);
}

awaitable<void> ServerWorker::serve_http2(TlsStream stream, tcp::endpoint remote) {
    auto link = std::make_shared<Http2ServerLink>(std::move(stream), remote, shared_from_this());
    connections_.insert(link);
    if (stopping_)
        link->begin_stop();
    spawn(link->write_loop());
    co_await link->read_loop();
    connections_.erase(link);
}

awaitable<void> ServerWorker::serve_http1(TlsStream stream, tcp::endpoint remote) {
    auto connection =
        std::make_shared<Http1Connection>(std::move(stream), remote, shared_from_this());
    connections_.insert(connection);
    if (stopping_)
        connection->begin_stop();
    co_await connection->run();
    connections_.erase(connection);
}

awaitable<void> ServerWorker::sweep_loop() {
    auto self = shared_from_this();
    while (!sweep_ended_) {
        sweep_timer_.expires_after(sweep_period(limits()));
        co_await sweep_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        sweep();
    }
}

void ServerWorker::sweep() {
    date_ = http_date();
    auto now = std::chrono::steady_clock::now();
    for (const auto& connection : connections_)
        if (is_shut_out(connection->remote()))
            connection->abort();
        else
            connection->check(now);
}

bool ServerWorker::is_shut_out(const tcp::endpoint& remote) const {
    const auto& shut_out = shared_->options.shut_out;
    return shut_out && shut_out(remote.address());
}

void ServerWorker::begin_stop() {
    stopping_ = true;
    boost::system::error_code ignored;
    for (tcp::acceptor& acceptor : acceptors_)
        acceptor.close(ignored);
    for (const auto& connection : connections_)
        connection->begin_stop();
}

void ServerWorker::abort_all() {
    for (const auto& connection : connections_)
        connection->abort();
}

void ServerWorker::end_sweep() {
    sweep_ended_ = true;
    sweep_timer_.cancel();
}

awaitable<HttpResponse> ServerWorker::answer(std::shared_ptr<HttpRequest> request) {
    const auto number = shared_->requests.fetch_add(1, std::memory_order_relaxed) + 1;
    request->id = shared_->options.id_prefix + std::to_string(number);
    HttpResponse response = co_await handle(request);
    response.headers.add("request-id", request->id);
    co_return response;
}

awaitable<HttpResponse> ServerWorker::handle(std::shared_ptr<HttpRequest> request) {
    struct Count {
        explicit Count(std::atomic<std::uint64_t>& number) : in_progress(number) {
            now = in_progress.fetch_add(1, std::memory_order_relaxed);
        }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        ~Count() { in_progress.fetch_sub(1, std::memory_order_relaxed); }
        std::atomic<std::uint64_t>& in_progress;
        std::uint64_t now;
    };
    Count count(shared_->in_progress);
    if (count.now >= limits().requests_in_progress) {
        shared_->requests_shed.fetch_add(1, std::memory_order_relaxed);
        HttpResponse busy = text_response(503, "text/plain; charset=utf-8", "busy\n");
        busy.headers.add("retry-after", "5");
        co_return busy;
    }
    std::string failure;
    try {
        co_return co_await shared_->handler->handle(request);
    } catch (...) {
        failure = what_of(std::current_exception());
    }
    shared_->log("http: " + request->id + ": " + request->method + ": " + failure);
    co_return text_response(500, "text/plain; charset=utf-8", "internal error\n");
}

ReplyHead ServerWorker::reply_head(const HttpResponse& response) const {
    ReplyHead head{response.status, response.headers};
    if (!head.headers.find("date"))
        head.headers.add("date", date_);
    std::optional<std::uint64_t> size;
    if (const auto* bytes = std::get_if<Bytes>(&response.body))
        size = bytes->size();
    else if (const auto& source = std::get<std::shared_ptr<BodySource>>(response.body))
        size = source->size();
    bool never = response.status < 200 || response.status == 204 || response.status == 304;
    if (size && !never && !head.headers.find("content-length"))
        head.headers.add("content-length", std::to_string(*size));
    return head;
}

}  // namespace kith
