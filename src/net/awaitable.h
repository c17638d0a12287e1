// The coroutine type of everything that waits. Coroutines outside this room see only
// awaitable<Result<T>> (or awaitable<T> that cannot fail); error codes end here.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace kith {

using boost::asio::awaitable;
/// Where a coroutine runs: one I/O thread's io_context.
using Executor = boost::asio::any_io_executor;

}  // namespace kith
