// Threads for what blocks or computes for long: fsync, key derivation, signatures. Every queue is
// bounded: a full one is an answer (unavailable), never a wait.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/awaitable.h"

namespace kith {

/// Thread-safe. Jobs still queued at destruction are run before it returns.
class WorkerPool {
  public:
    using Job = std::move_only_function<void()>;
    /// A queue of its own. While jobs wait in several, each has its share of the threads; what a
    /// lane does not use the others have.
    struct Lane {
        std::uint32_t share = 1;
        std::size_t limit = 0;  ///< jobs waiting at once
    };

    /// With one lane.
    WorkerPool(std::size_t threads, std::size_t queue_limit);
    WorkerPool(std::size_t threads, const std::vector<Lane>& lanes);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Takes the job, or leaves it where it is (false) when the queue is full or the pool stops.
    /// A job must not throw.
    bool try_post(Job& job, std::size_t lane = 0);
    /// Jobs waiting now; in all lanes, in one.
    std::size_t waiting() const;
    std::size_t waiting(std::size_t lane) const;
    std::vector<Lane> lanes() const;
    /// As many lanes as there are.
    void set_lanes(const std::vector<Lane>& lanes);

  private:
    /// Stride scheduling: the lane that is behind the most is served next, and a lane falls behind
    /// the faster the larger its share is.
    struct Queue {
        Lane lane;
        std::uint64_t pass = 0;
        std::deque<Job> jobs;
    };
    void work();
    Queue* next();

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Queue> queues_;
    std::size_t waiting_ = 0;
    std::uint64_t pass_ = 0;  ///< of the job that was taken last
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

namespace detail {
template <class R>
struct JobResult {
    using Type = Result<R>;
};
template <class T>
struct JobResult<Result<T>> {
    using Type = Result<T>;
};
Error job_failed(std::exception_ptr failure);
Error pool_is_full();

template <class Outcome, class Callable>
Outcome run_job(Callable& callable) {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Callable&>>) {
            callable();
            return {};
        } else {
            return callable();
        }
    } catch (...) {
        return job_failed(std::current_exception());
    }
}
}  // namespace detail

/// Runs `callable` (returning T, Result<T> or void) on a thread of the pool; the coroutine goes on
/// on its own executor. It does not heed cancellation: the job may use what the caller keeps alive.
/// Errors: unavailable when the queue is full; internal for an exception; those of the callable.
template <class Callable,
          class Outcome = typename detail::JobResult<std::invoke_result_t<Callable&>>::Type>
awaitable<Outcome> run(WorkerPool& pool,  // NOLINT: the pool outlives all
                       Callable callable,
                       std::size_t lane = 0) {
    namespace asio = boost::asio;
    auto initiation = [&pool, &callable, lane](auto handler) {
        auto work = asio::make_work_guard(handler);
        auto state = std::make_shared<decltype(handler)>(std::move(handler));
        auto finish = [state, executor = work.get_executor()](Outcome outcome) {
            auto resume = [state, outcome = std::move(outcome)]() mutable {
                auto ready = std::move(*state);
                state.reset();
                std::move(ready)(std::move(outcome));
            };
            asio::post(executor, std::move(resume));
        };
        WorkerPool::Job job =
            [finish, work = std::move(work), call = std::move(callable)]() mutable {
                finish(detail::run_job<Outcome>(call));
            };
        if (!pool.try_post(job, lane))
            finish(detail::pool_is_full());
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Outcome)>(
        std::move(initiation), asio::use_awaitable);
}

}  // namespace kith
