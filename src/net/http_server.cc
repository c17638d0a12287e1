#include "net/http_server.h"

#include <utility>

#include "net/server_worker.h"

namespace kith {

namespace {

/// What closing the connections takes, at most, behind the deadline of a stop.
constexpr Milliseconds kAbortTime{1000};
constexpr Seconds kMinute{60};
constexpr Milliseconds kDestructorDeadline{1000};

}  // namespace

struct HttpServer::Impl {
    IoThreads& threads;
    std::shared_ptr<ServerShared> shared;
    std::vector<std::shared_ptr<ServerWorker>> workers;
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    bool stopped = false;

    explicit Impl(IoThreads& given) : threads(given) {}

    void on_each(void (ServerWorker::*call)()) {
        for (std::size_t i = 0; i < workers.size(); ++i)
            threads.run_on(i, [worker = workers[i], call] { ((*worker).*call)(); });
    }
    bool wait(Milliseconds limit) {
        std::unique_lock lock(shared->mutex);
        return shared->no_tasks.wait_for(lock, limit, [this] { return shared->tasks == 0; });
    }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
    stop(kDestructorDeadline);
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(IoThreads& threads,
                                                     HttpServerOptions options,
                                                     std::shared_ptr<TlsIdentity> identity,
                                                     std::shared_ptr<HttpHandler> handler) {
    auto impl = std::make_unique<Impl>(threads);
    impl->shared = std::make_shared<ServerShared>();
    impl->shared->limiter =
        std::make_shared<ConnectionLimiter>(options.limits.connections,
                                            options.limits.connections_per_prefix,
                                            options.limits.wide_networks);
    impl->shared->handshake_gate = std::make_unique<NetworkGate>(
        options.limits.handshakes_in_minute, kMinute, options.limits.wide_networks);
    impl->shared->identity = std::move(identity);
    impl->shared->handler = std::move(handler);
    impl->endpoints = options.listen;
    impl->shared->options = std::move(options);
    // All sockets are bound before any thread accepts; a port 0 is chosen by the first.
    for (std::size_t i = 0; i < threads.size(); ++i) {
        auto worker = std::make_shared<ServerWorker>(threads.context(i), impl->shared);
        for (auto& endpoint : impl->endpoints)
            TRY(worker->listen(endpoint));
        if (threads.yields(i) || !threads.any_yields())
            impl->shared->yielding.push_back(worker);
        if (!threads.yields(i))
            impl->shared->prompt.push_back(worker);
        impl->workers.push_back(std::move(worker));
    }
    impl->on_each(&ServerWorker::start);
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::vector<boost::asio::ip::tcp::endpoint>& HttpServer::endpoints() const {
    return impl_->endpoints;
}

HttpServerCounts HttpServer::counts() const {
    const ServerShared& shared = *impl_->shared;
    HttpServerCounts counts;
    counts.connections = shared.limiter->open();
    counts.connections_accepted = shared.accepted;
    counts.connections_refused = shared.refused;
    counts.handshakes_refused = shared.handshakes_refused;
    counts.handshakes = shared.handshakes;
    counts.handshakes_failed = shared.handshakes_failed;
    counts.requests = shared.requests;
    counts.requests_shed = shared.requests_shed;
    counts.requests_in_progress = shared.in_progress;
    return counts;
}

void HttpServer::set_limits(const HttpLimits& limits) {
    impl_->shared->limiter->set(
        limits.connections, limits.connections_per_prefix, limits.wide_networks);
    impl_->shared->handshake_gate->set(limits.handshakes_in_minute, kMinute, limits.wide_networks);
    impl_->shared->options.limits.adjust(limits);
}

bool HttpServer::stop(Milliseconds deadline) {
    if (std::exchange(impl_->stopped, true))
        return impl_->shared->tasks == 0;
    impl_->on_each(&ServerWorker::begin_stop);
    bool ended = impl_->wait(deadline);
    if (!ended) {
        impl_->on_each(&ServerWorker::abort_all);
        ended = impl_->wait(kAbortTime);
    }
    impl_->on_each(&ServerWorker::end_sweep);
    return ended;
}

}  // namespace kith
