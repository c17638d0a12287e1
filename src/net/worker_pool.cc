#include "net/worker_pool.h"

#include <algorithm>
#include <exception>
#include <string>

namespace kith {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit) : limit_(queue_limit) {
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i)
        threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

bool WorkerPool::try_post(Job& job) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= limit_)
            return false;
        queue_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

std::size_t WorkerPool::waiting() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

void WorkerPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty())
            return;
        Job job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        job();
        job = nullptr;  // what it holds is given up before the lock is taken
        lock.lock();
    }
}

namespace detail {

Error job_failed(std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        return fail(ErrorKind::internal, "job", error.what());
    } catch (...) {
        return fail(ErrorKind::internal, "job", "unknown exception");
    }
}

Error pool_is_full() {
    return fail(ErrorKind::unavailable, "workers", "the queue is full");
}

}  // namespace detail

}  // namespace kith
