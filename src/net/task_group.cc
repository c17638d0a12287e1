#include "net/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <utility>

namespace kith {

namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

/// co_spawn would start the task at once, inside spawn(); whoever calls that expects it later.
awaitable<void> start_later(awaitable<void> task) {
    co_await asio::post(asio::use_awaitable);
    co_await std::move(task);
}

}  // namespace

// The signals outlive the tasks bound to them: each task's completion handler holds the state.
struct TaskGroup::State {
    Executor executor;
    std::function<void(std::exception_ptr)> on_exception;
    std::list<asio::cancellation_signal> tasks;
    asio::steady_timer empty;
    bool cancelled = false;

    State(Executor where, std::function<void(std::exception_ptr)> tell)
        : executor(std::move(where)), on_exception(std::move(tell)), empty(executor) {}

    void ended(std::list<asio::cancellation_signal>::iterator task,
               const std::exception_ptr& failure) {
        tasks.erase(task);
        if (tasks.empty())
            empty.cancel();
        if (failure && on_exception && !is_cancellation(failure))
            on_exception(failure);
    }
};

TaskGroup::TaskGroup(Executor executor, std::function<void(std::exception_ptr)> on_exception)
    : state_(std::make_shared<State>(std::move(executor), std::move(on_exception))) {}

TaskGroup::~TaskGroup() {
    cancel();
}

void TaskGroup::spawn(awaitable<void> task) {
    auto signal = state_->tasks.emplace(state_->tasks.end());
    auto ended = [state = state_, signal](const std::exception_ptr& failure) {
        state->ended(signal, failure);
    };
    asio::co_spawn(state_->executor,
                   start_later(std::move(task)),
                   asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
    if (state_->cancelled)
        signal->emit(asio::cancellation_type::terminal);
}

void TaskGroup::cancel() {
    state_->cancelled = true;
    for (auto task = state_->tasks.begin(); task != state_->tasks.end();) {
        asio::cancellation_signal& signal = *task++;
        signal.emit(asio::cancellation_type::terminal);
    }
}

std::size_t TaskGroup::size() const {
    return state_->tasks.size();
}

awaitable<bool> TaskGroup::join(Milliseconds limit) {
    auto state = state_;
    if (!state->tasks.empty()) {
        state->empty.expires_after(limit);
        co_await state->empty.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return state->tasks.empty();
}

}  // namespace kith
