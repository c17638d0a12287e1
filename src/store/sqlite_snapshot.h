// Snapshots: reading connections, each lent to one reader at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite_reads.h"

namespace kith {

/// The connections that read, lent one at a time. Thread-safe.
class Readers {
  public:
    Readers(const std::string& file, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            idle_.push_back(std::make_unique<sqlite::Database>(file, sqlite::Database::Mode::read));
    }
    std::unique_ptr<sqlite::Database> take() {
        std::unique_lock lock(mutex_);
        returned_.wait(lock, [&] { return !idle_.empty(); });
        auto out = std::move(idle_.back());
        idle_.pop_back();
        return out;
    }
    void give_back(std::unique_ptr<sqlite::Database> database) {
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(database));
        returned_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<sqlite::Database>> idle_;
};

/// Begins with a read, so that all its questions see the same state.
class Snapshot final : public SqliteReads {
  public:
    Snapshot(Readers& readers, std::unique_ptr<sqlite::Database> database)
        : SqliteReads(*database), readers_(readers), owned_(std::move(database)) {
        owned_->prepare("BEGIN").run();
    }
    sqlite::Database& connection() { return *owned_; }
    ~Snapshot() override {
        try {
            owned_->prepare("COMMIT").run();
        } catch (const sqlite::Failure&) {  // the connection goes back all the same
        }
        readers_.give_back(std::move(owned_));
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Readers& readers_;
    std::unique_ptr<sqlite::Database> owned_;
};

}  // namespace kith
