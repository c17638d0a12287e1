#include "server/log_sink.h"

#include <fcntl.h>
#include <spdlog/common.h>
#include <unistd.h>

#include <cerrno>

namespace kith {
namespace {

constexpr std::chrono::milliseconds kGatherFor{20};
constexpr std::size_t kMostGathered = 64 * 1024;

}  // namespace

LogSink::LogSink(const std::string& file) : file_(STDERR_FILENO), owned_(!file.empty()) {
    if (owned_)
        file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (file_ < 0)
        throw spdlog::spdlog_ex("Failed opening file " + file + " for writing", errno);
    flusher_ = std::thread([this] { flush_in_time(); });
}

LogSink::~LogSink() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    flusher_.join();
    write_out();
    if (owned_)
        ::close(file_);
}

// With mutex_ held, as spdlog calls it.
void LogSink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const bool was_empty = gathered_.empty();
    gathered_.append(line.data(), line.size());
    const bool waited = std::chrono::steady_clock::now() - last_write_ >= kGatherFor;
    if (waited || message.level >= spdlog::level::warn || gathered_.size() >= kMostGathered)
        write_out();
    else if (was_empty)
        wake_.notify_one();
}

// A full disk must not stop the mail: what cannot be written is dropped.
void LogSink::write_out() {
    std::size_t done = 0;
    while (done < gathered_.size()) {
        const ssize_t wrote = ::write(file_, gathered_.data() + done, gathered_.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += static_cast<std::size_t>(wrote);
    }
    gathered_.clear();
    last_write_ = std::chrono::steady_clock::now();
}

void LogSink::flush_in_time() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        wake_.wait(lock, [this] { return stopping_ || !gathered_.empty(); });
        wake_.wait_for(lock, kGatherFor, [this] { return stopping_; });
        if (!gathered_.empty())
            write_out();
    }
}

}  // namespace kith
