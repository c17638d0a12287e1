// The store from coroutines: reads on the worker pool, writes on the store's writer thread. The
// coroutine goes on on its own executor; neither heeds cancellation (a write is not taken back).
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/worker_pool.h"
#include "store/store.h"

namespace kith {

/// Runs `question` (a callable of ReadTransaction&, giving Result<T>) over a snapshot; `lane` of
/// the pool. Errors: unavailable (the lane is full); those of `question`.
template <class Question>
auto ask_store(Store& store,         // NOLINT: both outlive all
               WorkerPool& workers,  // NOLINT
               Question question,
               std::size_t lane = 0)
    -> awaitable<std::invoke_result_t<Question&, ReadTransaction&>> {
    using Answer = std::invoke_result_t<Question&, ReadTransaction&>;
    auto job = [&store, ask = std::move(question)]() mutable -> Answer {
        const auto snapshot = store.read();
        return ask(*snapshot);
    };
    co_return co_await run(workers, std::move(job), lane);
}

/// Asks on the worker pool, and queues the write that the answer is, if it is one, from there: for
/// what need not come back in between. Durable when this returns. Errors: as both.
using WriteQuestion = std::function<Result<std::optional<Store::Work>>(ReadTransaction&)>;
awaitable<Result<void>> ask_and_write(Store* store,
                                      WorkerPool* workers,
                                      WriteQuestion question,
                                      std::size_t lane = 0);

/// Queues `work` as one write; durable when this returns. Errors: as Store::write.
awaitable<Result<void>> write_store(Store* store, Store::Work work, Store::Adds adds);

}  // namespace kith
