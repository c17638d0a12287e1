#include "net/io_threads.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>

namespace kith {

IoThreads::IoThreads(std::size_t count) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
        auto thread = std::make_unique<Thread>();
        thread->thread = std::thread([context = &thread->context] { context->run(); });
        threads_.push_back(std::move(thread));
    }
}

IoThreads::~IoThreads() {
    stop();
}

Executor IoThreads::next_executor() {
    return executor(next_.fetch_add(1, std::memory_order_relaxed) % threads_.size());
}

void IoThreads::run_on(std::size_t index, std::function<void()> work) {
    if (context(index).stopped())
        return;
    std::promise<void> done;
    auto finished = done.get_future();
    boost::asio::post(context(index), [&done, &work] {
        work();
        done.set_value();
    });
    finished.get();
}

void IoThreads::stop() {
    for (auto& thread : threads_)
        thread->context.stop();
    for (auto& thread : threads_)
        if (thread->thread.joinable())
            thread->thread.join();
}

}  // namespace kith
