// The I/O threads: one io_context of concurrency 1 each. What is created on one of them stays
// there: connections, timers, task groups; nothing of Asio is shared between them.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/awaitable.h"

namespace kith {

/// Threads run from construction on. Thread-safe but for construction and destruction.
class IoThreads {
  public:
    /// `count` threads, at least 1, and behind them `yielding` ones for what can wait: they run at
    /// a lower priority, so that they have what the others leave when the machine is busy. An
    /// exception that escapes a handler ends the process, as it would from main.
    explicit IoThreads(std::size_t count, std::size_t yielding = 0);
    /// stop(), then join. Whatever coroutine still waits is destroyed.
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    std::size_t size() const { return threads_.size(); }
    bool yields(std::size_t index) const { return index >= threads_.size() - yielding_; }
    bool any_yields() const { return yielding_ > 0; }
    boost::asio::io_context& context(std::size_t index) { return threads_[index]->context; }
    Executor executor(std::size_t index) { return context(index).get_executor(); }
    /// Runs `work` on thread `index` and waits for it; not from an I/O thread. After stop():
    /// nothing.
    void run_on(std::size_t index, std::function<void()> work);
    /// Ends the loops and waits for the threads; not from an I/O thread. Idempotent.
    void stop();

  private:
    struct Thread {
        boost::asio::io_context context{1};
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
            context.get_executor()};
        std::thread thread;
    };
    std::vector<std::unique_ptr<Thread>> threads_;
    std::size_t yielding_;
};

}  // namespace kith
