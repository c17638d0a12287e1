// fdatasync beside the caller: so that two files are synced in the time of one.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "store/blobs.h"

namespace kith {

/// For one caller; at most one sync is under way.
class SyncThread {
  public:
    explicit SyncThread(FileOperations& files);
    ~SyncThread();
    SyncThread(const SyncThread&) = delete;
    SyncThread& operator=(const SyncThread&) = delete;

    /// `file` must stay open until end().
    void begin(int file);
    /// Waits for what begin() began: 0, or the errno it failed with.
    int end();

  private:
    void work();

    FileOperations& files_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<int> file_;   ///< to be synced
    std::optional<int> error_;  ///< of the last one
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace kith
