#include "store/sync_thread.h"

#include <cerrno>

namespace kith {

SyncThread::SyncThread(FileOperations& files) : files_(files), thread_([this] { work(); }) {}

SyncThread::~SyncThread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void SyncThread::begin(int file) {
    {
        const std::scoped_lock lock(mutex_);
        file_ = file;
        error_.reset();
    }
    changed_.notify_all();
}

int SyncThread::end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return error_.has_value(); });
    return *error_;
}

void SyncThread::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || file_; });
        if (!file_)
            return;
        const int file = *file_;
        lock.unlock();
        const int error = files_.sync_data(file) == 0 ? 0 : errno;
        lock.lock();
        file_.reset();
        error_ = error;
        changed_.notify_all();
    }
}

}  // namespace kith
