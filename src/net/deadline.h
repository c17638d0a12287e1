// A deadline around something rare: connecting, a whole transaction. Not for every read: the
// parallel group behind it costs several coroutines.
#pragma once

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "net/awaitable.h"

namespace kith {

namespace detail {
Error operation_failed(std::exception_ptr failure);
Error deadline_passed();
awaitable<void> sleep(Milliseconds duration);

// `||` waits for the first success: a failure has to be a value, or the timer would be waited for.
template <class T>
awaitable<Result<T>> as_value(awaitable<Result<T>> operation) {
    try {
        co_return co_await std::move(operation);
    } catch (...) {
        co_return operation_failed(std::current_exception());
    }
}
}  // namespace detail

/// The operation's result, or timeout when `limit` passes first. The operation is then cancelled
/// (terminal cancellation) and waited for, so it must heed cancellation: everything of this room
/// does but run() on a WorkerPool. Exceptions of the operation become ErrorKind::internal.
template <class T>
awaitable<Result<T>> with_deadline(awaitable<Result<T>> operation, Milliseconds limit) {
    using boost::asio::experimental::awaitable_operators::operator||;
    auto either = detail::as_value(std::move(operation)) || detail::sleep(limit);
    auto first = co_await std::move(either);
    if (first.index() == 1)
        co_return detail::deadline_passed();
    co_return std::get<0>(std::move(first));
}

}  // namespace kith
