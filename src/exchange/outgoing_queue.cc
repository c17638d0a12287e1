// When the queue's runner begins and ends, and what it takes: outgoing_queue_sending.cc carries it,
// outgoing_queue_outcome.cc writes down what came of that.
#include "exchange/outgoing_queue.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exchange/store_calls.h"

namespace kith {
namespace {

constexpr Seconds kLease{900};
/// Asked for again at least so often: clocks jump.
constexpr Milliseconds kLongestSleep{10'000};
constexpr Milliseconds kShortestSleep{20};
constexpr Milliseconds kSleepAfterFailure{2'000};
constexpr Seconds kJump{60};

}  // namespace

OutgoingQueue::OutgoingQueue(Executor home, OutgoingServices services, OutgoingOptions options)
    : home_(home),
      services_(std::move(services)),
      options_(std::move(options)),
      tasks_(home,
             [this](const std::exception_ptr& failure) {
                 try {
                     std::rethrow_exception(failure);
                 } catch (const std::exception& error) {
                     services_.meter.warn("queue-failed", error.what());
                 }
             }),
      wake_(home) {}

void OutgoingQueue::start() {
    boost::asio::post(home_, [this] { tasks_.spawn(run()); });
}

void OutgoingQueue::notify() {
    boost::asio::post(home_, [this] {
        woken_ = true;
        wake_.cancel();
    });
}

void OutgoingQueue::forget_failures() {
    boost::asio::post(home_, [this] {
        failing_.clear();
        retry_asked_ = services_.clock.steady();
        woken_ = true;
        wake_.cancel();
    });
}

awaitable<void> OutgoingQueue::stop(Milliseconds limit) {
    stopping_ = true;
    wake_.cancel();
    if (co_await tasks_.join(limit))
        co_return;
    tasks_.cancel();
    co_await tasks_.join(limit);
}

awaitable<void> OutgoingQueue::run() {
    last_look_ = services_.clock.now();
    last_steady_ = services_.clock.steady();
    auto release = [now = last_look_](WriteTransaction& write) -> Result<void> {
        write.release_leases(now);
        return {};
    };
    if (const auto done =
            co_await write_store(&services_.room.store, std::move(release), Store::Adds::no);
        !done)
        services_.meter.warn("queue-not-written", done.error().text());
    while (!stopping_) {
        woken_ = false;
        auto rows = co_await take();
        const bool failed = !rows;
        const bool some = !failed && !rows->empty();
        if (some)
            send_out(*std::move(rows));
        if (!stopping_ && !(some && active_ < options_.in_flight))
            co_await wait_for_work(failed ? kSleepAfterFailure : kShortestSleep);
    }
}

awaitable<Result<OutgoingQueue::Rows>> OutgoingQueue::take() {
    const std::size_t room =
        options_.in_flight - std::min<std::size_t>(active_, options_.in_flight);
    if (room == 0)
        co_return Rows();
    const Time now = services_.clock.now();
    auto due = [now](ReadTransaction& read) -> Result<bool> {
        const auto next = read.next_due();
        return next && *next <= now;
    };
    // A write costs an fsync: only when there is something.
    if (!CO_TRY(co_await ask_store(services_.room.store, services_.workers, std::move(due))))
        co_return Rows();
    WriteTransaction::DueRows wanted{.now = now,
                                     .lease = now + kLease,
                                     .limit = static_cast<std::int64_t>(room),
                                     .per_domain = static_cast<std::int64_t>(options_.per_domain)};
    for (const auto& [domain, count] : active_of_)
        wanted.busy[domain] = static_cast<std::int64_t>(count);
    wanted.after = last_domain_;
    Rows rows;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        rows = write.take_due(wanted);
        return {};
    };
    CO_TRY(co_await write_store(&services_.room.store, std::move(work), Store::Adds::no));
    if (!rows.empty())
        last_domain_ = rows.back().domain;
    co_return rows;
}

awaitable<void> OutgoingQueue::wait_for_work(Milliseconds least) {
    co_await look_at_clock();
    auto ask = [](ReadTransaction& read) -> Result<std::optional<Time>> { return read.next_due(); };
    const auto next = co_await ask_store(services_.room.store, services_.workers, std::move(ask));
    Milliseconds sleep = kLongestSleep;
    waits_for_room_ = false;
    if (next && *next) {
        const Seconds until = **next - services_.clock.now();
        // What is due and was not taken waits for one of its domain to end.
        waits_for_room_ = until <= Seconds(0) && active_ > 0;
        if (!waits_for_room_)
            sleep = std::clamp<Milliseconds>(until, least, kLongestSleep);
    }
    if (woken_ || stopping_)
        co_return;
    wake_.expires_after(sleep);
    boost::system::error_code ignored;
    co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

// After the wall clock went back, what was due soon would be due in a far future.
awaitable<void> OutgoingQueue::look_at_clock() {
    const Time now = services_.clock.now();
    const auto steady = services_.clock.steady();
    const auto passed = std::chrono::duration_cast<Seconds>(steady - last_steady_);
    const bool went_back = now + kJump < last_look_ + passed;
    last_look_ = now;
    last_steady_ = steady;
    if (!went_back)
        co_return;
    services_.meter.warn("clock-went-back", format_time(now));
    auto work = [now](WriteTransaction& write) -> Result<void> {
        for (RecipientRecord row : write.queue(INT64_MAX))
            if (row.state == RecipientState::queued && row.next_attempt > now) {
                row.next_attempt = now;
                write.update_recipient(row);
            }
        return {};
    };
    if (const auto done =
            co_await write_store(&services_.room.store, std::move(work), Store::Adds::no);
        !done)
        services_.meter.warn("queue-not-written", done.error().text());
    failing_.clear();
}

void OutgoingQueue::one_less(const std::string& domain) {
    const bool was_full =
        active_ >= options_.in_flight || active_of_[domain] >= options_.per_domain;
    --active_;
    if (--active_of_[domain] == 0)
        active_of_.erase(domain);
    if (!was_full && !waits_for_room_)
        return;
    woken_ = true;
    wake_.cancel();
}

}  // namespace kith
