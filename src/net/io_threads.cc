#include "net/io_threads.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>

namespace kith {

namespace {
constexpr int kYields = 10;  ///< nice(2): about a tenth of what an equal would have

// Of the calling thread; Linux has priorities by thread.
void yield_to_others() {
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kYields);
}
}  // namespace

IoThreads::IoThreads(std::size_t count, std::size_t yielding) : yielding_(yielding) {
    const std::size_t prompt = std::max<std::size_t>(count, 1);
    for (std::size_t i = 0; i < prompt + yielding; ++i) {
        auto thread = std::make_unique<Thread>();
        thread->thread = std::thread([context = &thread->context, yields = i >= prompt] {
            if (yields)
                yield_to_others();
            context->run();
        });
        threads_.push_back(std::move(thread));
    }
}

IoThreads::~IoThreads() {
    stop();
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
