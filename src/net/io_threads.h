// The I/O threads: one io_context of concurrency 1 each. What is created on one of them stays
// there: connections, timers, task groups; nothing of Asio is shared between them.
#pragma once

#include <atomic>
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
    /// `count` threads, at least 1. An exception that escapes a handler ends the process, as it
    /// would from main.
    explicit IoThreads(std::size_t count);
    /// stop(), then join. Whatever coroutine still waits is destroyed.
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    std::size_t size() const { return threads_.size(); }
    boost::asio::io_context& context(std::size_t index) { return threads_[index]->context; }
    Executor executor(std::size_t index) { return context(index).get_executor(); }
    /// One after the other.
    Executor next_executor();

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
    std::atomic<std::size_t> next_{0};
};

}  // namespace kith
