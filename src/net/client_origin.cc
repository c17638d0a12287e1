#include "net/client_origin.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "net/deadline.h"

namespace kith {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Between attempts to have a further connection when there is one already.
constexpr std::chrono::seconds kRest{5};

}  // namespace

std::shared_ptr<ClientLink> ClientOrigin::pick() const {
    std::shared_ptr<ClientLink> best;
    for (const auto& link : links_)
        if (link->free_places() > 0 && (!best || link->free_places() > best->free_places()))
            best = link;
    return best;
}

awaitable<Result<std::shared_ptr<ClientLink>>> ClientOrigin::acquire(SteadyTime deadline) {
    auto self = shared_from_this();
    while (true) {
        if (stopping_)
            co_return fail(ErrorKind::unavailable, "client", "stops");
        if (auto link = pick())
            co_return link;
        if (std::chrono::steady_clock::now() >= deadline)
            co_return fail(ErrorKind::timeout, "connection to " + origin_.host, "no free place");
        if (waiters_.size() >= options_->waiting_per_origin)
            co_return fail(ErrorKind::unavailable, "connection to " + origin_.host, "queue full");
        auto waiter = std::make_shared<Waiter>();
        waiter->deadline = deadline;
        waiters_.push_back(waiter);
        connect_if_needed();
        co_await waiter->signal.wait();
        std::erase(waiters_, waiter);
        if (waiter->failed)
            co_return std::move(*waiter->failed);
    }
}

std::size_t ClientOrigin::serving() const {
    auto serves = [](const auto& link) { return link->serves(); };
    return static_cast<std::size_t>(std::ranges::count_if(links_, serves));
}

void ClientOrigin::connect_if_needed() {
    if (connecting_ || stopping_ || serving() >= options_->connections_per_origin)
        return;
    if (serving() > 0 && std::chrono::steady_clock::now() < not_before_)
        return;
    connecting_ = true;
    tasks_->spawn(connect());
}

awaitable<void> ClientOrigin::connect() {
    auto self = shared_from_this();
    std::optional<Error> failed;
    for (const auto& address : origin_.addresses) {
        if (options_->allow_address && !options_->allow_address(address)) {
            if (!failed)
                failed = fail(ErrorKind::denied, "address " + address.to_string(), "not public");
            continue;
        }
        auto made = std::make_shared<std::shared_ptr<ClientLink>>();
        auto done = co_await with_deadline(try_address(address, made), options_->connect_timeout);
        if (done) {
            connecting_ = false;
            changed();
            co_return;
        }
        if (*made)
            (*made)->close(done.error());
        failed = std::move(done).error().within(origin_.host + " " + address.to_string());
    }
    connecting_ = false;
    not_before_ = std::chrono::steady_clock::now() + kRest;
    if (!failed)
        failed = fail(ErrorKind::unavailable, origin_.host, "has no address");
    // Requests may still find a place on an earlier connection.
    if (serving() == 0)
        fail_waiters(*failed);
}

awaitable<Result<void>> ClientOrigin::try_address(
    asio::ip::address address, std::shared_ptr<std::shared_ptr<ClientLink>> made) {
    auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    auto [error] = co_await socket.async_connect(tcp::endpoint(address, origin_.port),
                                                 asio::as_tuple(asio::use_awaitable));
    if (error)
        co_return fail(ErrorKind::unavailable, "connect", error.message());
    auto stream =
        CO_TRY(TlsStream::client(std::move(socket), options_->tls, origin_.host, session_.get()));
    CO_TRY(co_await stream.handshake());
    if (stream.protocol() != "h2")
        co_return fail(ErrorKind::malformed, "tls", "the server does not speak HTTP/2");
    auto changed_weakly = [weak = weak_from_this()] {
        if (auto self = weak.lock())
            self->changed();
    };
    auto link = std::make_shared<ClientLink>(
        std::move(stream), *options_, buffers_, std::move(changed_weakly));
    *made = link;
    links_.push_back(link);
    tasks_->spawn(link->read_loop());
    tasks_->spawn(link->write_loop());
    co_return co_await link->settled();
}

/// A place became free, or a connection came or went: those who can go on do, in order.
void ClientOrigin::changed() {
    std::erase_if(links_, [](const auto& link) { return !link->is_open(); });
    std::size_t places = 0;
    for (const auto& link : links_)
        places += link->free_places();
    for (std::size_t i = 0; i < std::min(waiters_.size(), places); ++i)
        waiters_[i]->signal.raise();
    if (waiters_.size() > places)
        connect_if_needed();
}

void ClientOrigin::fail_waiters(const Error& why) {
    for (const auto& waiter : waiters_) {
        waiter->failed = why;
        waiter->signal.raise();
    }
}

bool ClientOrigin::busy() const {
    auto in_use = [](const auto& link) { return link->in_use() > 0; };
    return connecting_ || !waiters_.empty() || std::ranges::any_of(links_, in_use);
}

void ClientOrigin::check(SteadyTime now) {
    for (const auto& waiter : waiters_)
        if (now >= waiter->deadline)
            waiter->signal.raise();
    auto links = links_;  // closing one changes the list
    for (const auto& link : links) {
        if (link->is_open())
            if (auto session = link->tls_session())
                session_ = std::move(session);
        link->check(now);
    }
}

void ClientOrigin::stop() {
    stopping_ = true;
    fail_waiters(fail(ErrorKind::unavailable, "client", "stops"));
    auto links = std::exchange(links_, {});
    for (const auto& link : links)
        link->close(fail(ErrorKind::unavailable, "client", "stops"));
}

}  // namespace kith
