// Coroutines that run beside their starter, none of them forgotten: they can be cancelled and
// awaited together. Shutdown is: stop accepting, cancel(), join() with a deadline.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

#include "base/time.h"
#include "net/awaitable.h"

namespace kith {

/// Belongs to one I/O thread. May be destroyed before its tasks end: they are cancelled then.
class TaskGroup {
  public:
    /// `on_exception` is told what escapes a task (but not its cancellation); it may be empty.
    explicit TaskGroup(Executor executor,
                       std::function<void(std::exception_ptr)> on_exception = {});
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts the task, soon. After cancel() it is cancelled before its first wait.
    void spawn(awaitable<void> task);
    /// Asks all tasks to end: their current wait ends with operation_aborted.
    void cancel();
    std::size_t size() const;
    /// Waits for all tasks to end. False: `limit` passed first, they still run.
    awaitable<bool> join(Milliseconds limit);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace kith
