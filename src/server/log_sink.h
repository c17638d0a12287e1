// Where log lines go: a file, or standard error. A line on its own is written at once; under load
// lines are gathered for a moment and go out together, one system call for many. Warnings and
// errors never wait.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace kith {

/// Thread-safe. What is gathered is written when it goes.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    /// Appends to `file`; empty: standard error. Throws spdlog::spdlog_ex when it cannot be opened.
    explicit LogSink(const std::string& file);
    ~LogSink() override;
    LogSink(const LogSink&) = delete;
    LogSink& operator=(const LogSink&) = delete;

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override { write_out(); }

  private:
    void write_out();
    void flush_in_time();

    int file_ = -1;
    bool owned_ = false;
    std::string gathered_;
    std::chrono::steady_clock::time_point last_write_;
    std::condition_variable_any wake_;
    bool stopping_ = false;
    std::thread flusher_;
};

}  // namespace kith
