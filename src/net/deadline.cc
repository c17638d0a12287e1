#include "net/deadline.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/system/system_error.hpp>

namespace kith::detail {

namespace asio = boost::asio;

Error operation_failed(std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            return fail(ErrorKind::unavailable, "operation", "cancelled");
        return fail(ErrorKind::io, "operation", error.code().message());
    } catch (const std::exception& error) {
        return fail(ErrorKind::internal, "operation", error.what());
    } catch (...) {
        return fail(ErrorKind::internal, "operation", "unknown exception");
    }
}

Error deadline_passed() {
    return fail(ErrorKind::timeout, "deadline", "it has passed");
}

awaitable<void> sleep(Milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace kith::detail
