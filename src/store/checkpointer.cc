#include "store/checkpointer.h"

#include <algorithm>

namespace kith {
namespace {

constexpr int kCopyEach = 2'000;  ///< pages: 8 MiB
/// The log begins anew when it is this long: to write over what is there costs less than to grow,
/// and a sync need not write the file's new length.
constexpr int kLongLog = 8'000;
constexpr int kLittle = 1'000;  ///< what the writer may copy itself

}  // namespace

Checkpointer::Checkpointer(const std::string& file, Failed failed)
    : failed_(std::move(failed)), database_(file, sqlite::Database::Mode::write) {
    database_.execute("PRAGMA wal_autocheckpoint = 0");
    thread_ = std::thread([this] { work(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Checkpointer::wrote(int pages) {
    const std::scoped_lock lock(mutex_);
    if (pages < pages_)  // the log has begun anew
        copied_ = 0;
    pages_ = pages;
    if (pages_ - copied_ >= kCopyEach)
        wake_.notify_one();
}

void Checkpointer::end_log(sqlite::Database& writer) {
    {
        const std::scoped_lock lock(mutex_);
        if (pages_ < kLongLog || pages_ - copied_ > kLittle)
            return;
    }
    const Copied now = copy(writer);
    const std::scoped_lock lock(mutex_);
    copied_ = now.copied;
}

// PASSIVE waits for nobody: what a reader still needs stays for the next time.
Checkpointer::Copied Checkpointer::copy(sqlite::Database& database) {
    Copied now;
    const int code = sqlite3_wal_checkpoint_v2(
        database.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &now.pages, &now.copied);
    const int kind = code & 0xff;
    if (kind != SQLITE_OK && kind != SQLITE_BUSY && kind != SQLITE_LOCKED && kind != SQLITE_FULL)
        failed_(std::string("checkpoint: ") + sqlite3_errstr(code));
    return {std::max(now.pages, 0), std::max(now.copied, 0)};
}

void Checkpointer::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || pages_ - copied_ >= kCopyEach; });
        if (stopping_)
            return;
        lock.unlock();
        const Copied now = copy(database_);
        lock.lock();
        // Where a reader stood in the way: not again before the log has grown by as much.
        copied_ = std::max(now.copied, now.pages - kCopyEach / 2);
    }
}

}  // namespace kith
