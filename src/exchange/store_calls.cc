#include "exchange/store_calls.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace kith {

namespace {
namespace asio = boost::asio;

// What a waiting coroutine is told, once, from any thread: it goes on on its own executor.
template <class Handler>
Store::Done resume_with(Handler handler) {
    auto guard = asio::make_work_guard(handler);
    auto state = std::make_shared<Handler>(std::move(handler));
    return
        [state, guard = std::make_shared<decltype(guard)>(std::move(guard))](Result<void> outcome) {
            auto resume = [state, outcome = std::move(outcome)]() mutable {
                auto ready = std::move(*state);
                std::move(ready)(std::move(outcome));
            };
            asio::post(guard->get_executor(), std::move(resume));
            guard->reset();
        };
}

Result<std::optional<Store::Work>> answer_of(Store& store, const WriteQuestion& question) {
    try {
        const auto snapshot = store.read();
        return question(*snapshot);
    } catch (...) {
        return detail::job_failed(std::current_exception());
    }
}

}  // namespace

awaitable<Result<void>> ask_and_write(Store* store,
                                      WorkerPool* workers,
                                      WriteQuestion question,
                                      std::size_t lane) {
    auto initiation = [store, workers, &question, lane](auto handler) {
        const Store::Done done = resume_with(std::move(handler));
        WorkerPool::Job job = [store, done, ask = std::move(question)] {
            auto work = answer_of(*store, ask);
            if (!work)
                done(std::move(work).error());
            else if (!*work)
                done(Result<void>());
            else
                store->write(**std::move(work), done, Store::Adds::yes);
        };
        if (!workers->try_post(job, lane))
            done(detail::pool_is_full());
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        std::move(initiation), asio::use_awaitable);
}

// The writer thread must not wait for us: `done` only posts.
awaitable<Result<void>> write_store(Store* store, Store::Work work, Store::Adds adds) {
    auto initiation = [store, &work, adds](auto handler) {
        store->write(std::move(work), resume_with(std::move(handler)), adds);
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Result<void>)>(
        std::move(initiation), asio::use_awaitable);
}

}  // namespace kith
