#include "net/worker_pool.h"

#include <algorithm>
#include <exception>
#include <string>

namespace kith {

namespace {
/// How far a lane with a share of one moves on with each job.
constexpr std::uint64_t kWholeShare = 1U << 20;
}  // namespace

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit)
    : WorkerPool(threads, std::vector<Lane>{{.share = 1, .limit = queue_limit}}) {}

WorkerPool::WorkerPool(std::size_t threads, const std::vector<Lane>& lanes) {
    for (const Lane& lane : lanes)
        queues_.push_back({.lane = lane, .pass = 0, .jobs = {}});
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

bool WorkerPool::try_post(Job& job, std::size_t lane) {
    {
        std::lock_guard lock(mutex_);
        Queue& queue = queues_[lane];
        if (stopping_ || queue.jobs.size() >= queue.lane.limit)
            return false;
        // Who was idle has saved nothing up.
        if (queue.jobs.empty())
            queue.pass = std::max(queue.pass, pass_);
        queue.jobs.push_back(std::move(job));
        ++waiting_;
    }
    wake_.notify_one();
    return true;
}

std::size_t WorkerPool::waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_;
}

std::size_t WorkerPool::waiting(std::size_t lane) const {
    std::lock_guard lock(mutex_);
    return queues_[lane].jobs.size();
}

std::vector<WorkerPool::Lane> WorkerPool::lanes() const {
    std::lock_guard lock(mutex_);
    std::vector<Lane> lanes;
    for (const Queue& queue : queues_)
        lanes.push_back(queue.lane);
    return lanes;
}

void WorkerPool::set_lanes(const std::vector<Lane>& lanes) {
    std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < std::min(lanes.size(), queues_.size()); ++i)
        queues_[i].lane = lanes[i];
}

WorkerPool::Queue* WorkerPool::next() {
    Queue* best = nullptr;
    for (Queue& queue : queues_)
        if (!queue.jobs.empty() && (best == nullptr || queue.pass < best->pass))
            best = &queue;
    return best;
}

void WorkerPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || waiting_ > 0; });
        Queue* queue = next();
        if (queue == nullptr)
            return;
        Job job = std::move(queue->jobs.front());
        queue->jobs.pop_front();
        --waiting_;
        pass_ = queue->pass;
        queue->pass += kWholeShare / std::max<std::uint32_t>(1, queue->lane.share);
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
