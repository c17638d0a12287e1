// Brings what SQLite's write-ahead log holds into the database file, on a thread of its own: its
// fsync may take a second, and nobody who writes is to wait for that.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "store/sqlite.h"

namespace kith {

/// wrote() and end_log() are for the writer's thread.
class Checkpointer {
  public:
    /// `failed` is told, on any thread, that pages could not be written or synced: what the kernel
    /// has dropped since nobody knows.
    using Failed = std::function<void(const std::string& why)>;

    Checkpointer(const std::string& file, Failed failed);
    /// Waits for a copying that is under way.
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// The log is so many pages long now.
    void wrote(int pages);
    /// While somebody writes all the time, the log only grows. When it is long, and nearly all of
    /// it is copied, the writer copies the rest, so that its next write begins the log anew.
    void end_log(sqlite::Database& writer);

  private:
    struct Copied {
        int pages = 0;   ///< of the log
        int copied = 0;  ///< of them
    };
    Copied copy(sqlite::Database& database);
    void work();

    Failed failed_;
    sqlite::Database database_;
    std::mutex mutex_;
    std::condition_variable wake_;
    int pages_ = 0;   ///< of the log
    int copied_ = 0;  ///< of them, when we looked last
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace kith
