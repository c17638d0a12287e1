#include "exchange/smtp_receiver.h"

#include <utility>

#include "exchange/smtp_receiver_worker.h"

namespace kith {

namespace {

/// What closing the connections takes, at most, behind the deadline of a stop.
constexpr Milliseconds kAbortTime{1000};
constexpr Milliseconds kDestructorDeadline{1000};

/// From which on a receiver is loaded.
std::size_t many_of(const SmtpReceiverLimits& limits) {
    return limits.connections / 4 * 3;
}

}  // namespace

struct SmtpReceiver::Impl {
    IoThreads& threads;
    std::shared_ptr<SmtpReceiverShared> shared = std::make_shared<SmtpReceiverShared>();
    std::vector<std::shared_ptr<SmtpReceiverWorker>> workers;
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    bool stopped = false;

    explicit Impl(IoThreads& given) : threads(given) {}

    void on_each(void (SmtpReceiverWorker::*call)()) {
        for (std::size_t i = 0; i < workers.size(); ++i)
            threads.run_on(i, [worker = workers[i], call] { ((*worker).*call)(); });
    }
    bool wait(Milliseconds limit) {
        std::unique_lock lock(shared->mutex);
        return shared->no_tasks.wait_for(lock, limit, [this] { return shared->tasks == 0; });
    }
};

SmtpReceiver::SmtpReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SmtpReceiver::~SmtpReceiver() {
    stop(kDestructorDeadline);
}

Result<std::unique_ptr<SmtpReceiver>> SmtpReceiver::open(IoThreads& threads,
                                                         SmtpReceiverOptions options,
                                                         std::shared_ptr<TlsIdentity> identity,
                                                         MakeHandler make_handler) {
    auto impl = std::make_unique<Impl>(threads);
    SmtpReceiverShared& shared = *impl->shared;
    const SmtpReceiverLimits& limits = options.limits;
    shared.limiter = std::make_shared<ConnectionLimiter>(
        limits.connections, limits.connections_per_prefix, limits.wide_networks);
    shared.many = many_of(limits);
    shared.identity = std::move(identity);
    shared.make_handler = std::move(make_handler);
    auto listeners = options.listen;
    shared.options = std::move(options);
    // All sockets are bound before any thread accepts; a port 0 is chosen by the first.
    for (std::size_t i = 0; i < threads.size(); ++i) {
        auto worker = std::make_shared<SmtpReceiverWorker>(threads.context(i), impl->shared);
        for (auto& listener : listeners)
            TRY(worker->listen(listener));
        impl->workers.push_back(std::move(worker));
    }
    for (const auto& listener : listeners)
        impl->endpoints.push_back(listener.endpoint);
    impl->on_each(&SmtpReceiverWorker::start);
    return std::unique_ptr<SmtpReceiver>(new SmtpReceiver(std::move(impl)));
}

const std::vector<boost::asio::ip::tcp::endpoint>& SmtpReceiver::endpoints() const {
    return impl_->endpoints;
}

SmtpReceiverCounts SmtpReceiver::counts() const {
    const SmtpReceiverShared& shared = *impl_->shared;
    SmtpReceiverCounts counts;
    counts.connections = shared.limiter->open();
    counts.connections_accepted = shared.accepted;
    counts.connections_refused = shared.refused;
    counts.handshakes = shared.handshakes;
    counts.handshakes_failed = shared.handshakes_failed;
    counts.messages_accepted = shared.messages_accepted;
    counts.messages_refused = shared.messages_refused;
    counts.violations = shared.violations;
    counts.timeouts = shared.timeouts;
    return counts;
}

void SmtpReceiver::set_limits(const SmtpReceiverLimits& limits) {
    impl_->shared->limiter->set(
        limits.connections, limits.connections_per_prefix, limits.wide_networks);
    impl_->shared->many = many_of(limits);
    impl_->shared->options.limits.timeouts = limits.timeouts;
}

bool SmtpReceiver::stop(Milliseconds deadline) {
    if (std::exchange(impl_->stopped, true))
        return impl_->shared->tasks == 0;
    impl_->on_each(&SmtpReceiverWorker::begin_stop);
    bool ended = impl_->wait(deadline);
    if (!ended) {
        impl_->on_each(&SmtpReceiverWorker::abort_all);
        ended = impl_->wait(kAbortTime);
    }
    impl_->on_each(&SmtpReceiverWorker::end_sweep);
    return ended;
}

}  // namespace kith
