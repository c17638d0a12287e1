#include "exchange/log_publisher.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exchange/store_calls.h"

namespace kith {
namespace {

constexpr std::size_t kAdoptedAtOnce = 64;  // each costs the writer a VRF
constexpr Milliseconds kIdle{3'600'000};
constexpr Milliseconds kAfterFailure{30'000};

}  // namespace

LogPublisher::LogPublisher(Executor home, LogServices services, Seconds interval)
    : home_(home), services_(services), interval_(interval), tasks_(home), timer_(home) {}

void LogPublisher::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(run()); });
}

awaitable<void> LogPublisher::stop(Milliseconds limit) {
    tasks_.cancel();
    co_await tasks_.join(limit);
}

Result<void> LogPublisher::add(WriteTransaction& write, const Address& address, const Hash& card) {
    return services_.log.add(write, address, card);
}

void LogPublisher::notify() {
    boost::asio::post(home_, [this] {
        notified_ = true;
        timer_.cancel();
    });
}

// Until then, or until somebody notifies; a stop ends it by an exception.
awaitable<void> LogPublisher::wait(Milliseconds time) {
    timer_.expires_after(time);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

awaitable<void> LogPublisher::run() {
    for (auto adopted = co_await adopt(); !adopted; adopted = co_await adopt()) {
        services_.meter.warn("log-not-begun", adopted.error().text());
        co_await wait(kAfterFailure);
    }
    while (true) {
        notified_ = false;
        const auto next = co_await step();
        if (!notified_ && next > Milliseconds(0))
            co_await wait(next);
    }
}

// Publishes what is due; answers how long there is nothing to do.
awaitable<Milliseconds> LogPublisher::step() {
    const auto grown = co_await has_grown();
    if (!grown)
        co_return kAfterFailure;
    if (!*grown)
        co_return kIdle;
    const auto now = services_.clock.steady();
    const auto due = last_ ? *last_ + interval_.get() : now;
    if (now < due)
        co_return std::chrono::ceil<Milliseconds>(due - now);
    if (const auto published = co_await publish(); !published) {
        services_.meter.warn("log-not-published", published.error().text());
        co_return kAfterFailure;
    }
    last_ = now;
    co_return Milliseconds(0);
}

awaitable<Result<void>> LogPublisher::adopt() {
    auto ask = [this](ReadTransaction& read) -> Result<std::vector<OwnLog::Card>> {
        return services_.log.missing(read);
    };
    const auto missing =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(ask)));
    for (std::size_t from = 0; from < missing.size(); from += kAdoptedAtOnce) {
        const auto some =
            std::span(missing).subspan(from, std::min(kAdoptedAtOnce, missing.size() - from));
        auto work = [this, some](WriteTransaction& write) -> Result<void> {
            for (const OwnLog::Card& card : some)
                TRY(services_.log.add(write, card.address, card.hash));
            return {};
        };
        CO_TRY(co_await write_store(&services_.store, std::move(work), Store::Adds::yes));
    }
    co_return Result<void>();
}

awaitable<Result<bool>> LogPublisher::has_grown() {
    auto ask = [this](ReadTransaction& read) -> Result<bool> {
        const auto newest = TRY(OwnLog::checkpoint(read));
        return !services_.log.is_stalled() &&
               read.log_size() > (newest ? newest->checkpoint.head.size : 0);
    };
    co_return co_await ask_store(services_.store, services_.workers, std::move(ask));
}

awaitable<Result<void>> LogPublisher::publish() {
    auto sign = [this](ReadTransaction& read) { return services_.log.sign(read); };
    const auto checkpoint =
        CO_TRY(co_await ask_store(services_.store, services_.workers, std::move(sign)));
    auto keep = [this, &checkpoint](WriteTransaction& write) {
        return services_.log.keep(write, checkpoint);
    };
    co_return co_await write_store(&services_.store, std::move(keep), Store::Adds::yes);
}

}  // namespace kith
