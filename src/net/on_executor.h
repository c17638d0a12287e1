// A call into an object that lives on another I/O thread.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
#include "net/awaitable.h"
#include "net/deadline.h"

namespace kith {

namespace detail {
template <class T>
awaitable<void> run_into(awaitable<Result<T>> operation,
                         std::shared_ptr<std::optional<Result<T>>> result) {
    *result = co_await as_value(std::move(operation));
}
}  // namespace detail

/// Runs `operation` on `target` and resumes on the caller's executor. When both are the same it is
/// simply awaited. Across threads the caller's cancellation does not reach the operation (Asio's
/// forwarding of it is not synchronised), so it must have a deadline of its own. The caller's
/// io_context must outlive the thread of `target`, which posts to it.
template <class T>
awaitable<Result<T>> on_executor(Executor target, awaitable<Result<T>> operation) {
    namespace asio = boost::asio;
    if (co_await asio::this_coro::executor == target)
        co_return co_await std::move(operation);
    auto result = std::make_shared<std::optional<Result<T>>>();
    auto task = detail::run_into(std::move(operation), result);
    auto initiation = [&target, &task](auto handler) {
        auto work = asio::make_work_guard(handler);
        auto resume = [work = std::move(work),
                       handler = std::move(handler)](std::exception_ptr /*none*/) mutable {
            auto back = work.get_executor();
            asio::post(back, std::move(handler));
        };
        asio::co_spawn(target, std::move(task), std::move(resume));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(initiation),
                                                                          asio::use_awaitable);
    if (!*result)
        co_return fail(ErrorKind::internal, "operation", "ended without a result");
    co_return std::move(**result);
}

}  // namespace kith
