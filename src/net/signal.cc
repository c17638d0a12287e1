#include "net/signal.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/result.h"

namespace kith {

namespace asio = boost::asio;

void Signal::raise() {
    if (!waiter_) {
        raised_ = true;
        return;
    }
    auto waiter = std::exchange(waiter_, nullptr);
    waiter();
}

awaitable<void> Signal::wait() {
    if (std::exchange(raised_, false))
        co_return;
    KITH_CHECK(!waiter_);
    auto initiation = [this](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([this](asio::cancellation_type /*how*/) {
                if (waiter_)
                    std::exchange(waiter_, nullptr)();
            });
        auto work = asio::make_work_guard(handler);
        waiter_ = [slot, work = std::move(work), handler = std::move(handler)]() mutable {
            slot.clear();
            asio::post(work.get_executor(), std::move(handler));
        };
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(initiation),
                                                                          asio::use_awaitable);
}

}  // namespace kith
