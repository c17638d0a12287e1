// One coroutine waits, somebody on the same thread wakes it. The lightest way for a pure machine's
// driver to say "something has changed".
#pragma once

#include <functional>

#include "net/awaitable.h"

namespace kith {

/// Belongs to one I/O thread. raise() without a waiter is remembered, once. Waking goes through the
/// executor's queue, so raise() never runs foreign code. Cancellation of the waiting coroutine
/// wakes it too. Destroying a Signal destroys the coroutine that waits.
class Signal {
  public:
    Signal() = default;
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    void raise();
    /// One waiter at a time.
    awaitable<void> wait();

  private:
    std::move_only_function<void()> waiter_;
    bool raised_ = false;
};

}  // namespace kith
