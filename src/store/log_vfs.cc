#include "store/log_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace kith::sqlite {
namespace {

constexpr char kName[] = "kith-log";
/// Beyond this it is written without waiting for the sync: bounds the memory of a long transaction.
constexpr std::size_t kMostGathered = 1U << 20;

/// SQLite's own files take no more than 17 bits of a size.
constexpr std::size_t kMostAtOnce = 1U << 16;

/// What is still to be written: one piece, from `offset` of the file.
class Gathered {
  public:
    explicit Gathered(sqlite3_file* real) : real_(real) {}

    int add(std::span<const std::uint8_t> octets, sqlite3_int64 offset) {
        const bool goes_on = offset == offset_ + std::ssize(octets_);
        if (!octets_.empty() && (!goes_on || octets_.size() + octets.size() > kMostGathered))
            if (const int code = write(); code != SQLITE_OK)
                return code;
        if (octets_.empty())
            offset_ = offset;
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return SQLITE_OK;
    }

    // What could not be written is forgotten: SQLite undoes the transaction that it belongs to.
    int write() {
        int code = SQLITE_OK;
        for (std::size_t at = 0; at < octets_.size() && code == SQLITE_OK; at += kMostAtOnce) {
            const std::size_t size = std::min(kMostAtOnce, octets_.size() - at);
            code = real_->pMethods->xWrite(real_,
                                           octets_.data() + at,
                                           static_cast<int>(size),
                                           offset_ + static_cast<sqlite3_int64>(at));
        }
        octets_.clear();
        return code;
    }

  private:
    sqlite3_file* real_;
    sqlite3_int64 offset_ = 0;
    std::vector<std::uint8_t> octets_;
};

/// SQLite hands out its memory; the real file's own follows behind it.
struct LogFile {
    sqlite3_file base;
    std::unique_ptr<Gathered> gathered;
};
constexpr std::size_t kRealFileAt =
    (sizeof(LogFile) + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);

LogFile& log_of(sqlite3_file* file) {
    return *reinterpret_cast<LogFile*>(file);
}
sqlite3_file* real_of(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::uint8_t*>(file) + kRealFileAt);
}

// Every question is answered by the file as it is: what was gathered goes there first.
template <auto Method, class... Args>
int after_writing(sqlite3_file* file, Args... args) {
    if (const int code = log_of(file).gathered->write(); code != SQLITE_OK)
        return code;
    sqlite3_file* real = real_of(file);
    return (real->pMethods->*Method)(real, args...);
}

template <auto Method, class... Args>
int passed_on(sqlite3_file* file, Args... args) {
    sqlite3_file* real = real_of(file);
    return (real->pMethods->*Method)(real, args...);
}

int write_log(sqlite3_file* file, const void* octets, int size, sqlite3_int64 offset) {
    const auto* first = static_cast<const std::uint8_t*>(octets);
    return log_of(file).gathered->add({first, static_cast<std::size_t>(size)}, offset);
}

int close_log(sqlite3_file* file) {
    const int wrote = log_of(file).gathered->write();
    const int closed = passed_on<&sqlite3_io_methods::xClose>(file);
    std::destroy_at(&log_of(file));
    return wrote != SQLITE_OK ? wrote : closed;
}

constexpr sqlite3_io_methods kLogMethods = {
    .iVersion = 1,
    .xClose = close_log,
    .xRead = after_writing<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write_log,
    .xTruncate = after_writing<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = after_writing<&sqlite3_io_methods::xSync, int>,
    .xFileSize = after_writing<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = passed_on<&sqlite3_io_methods::xLock, int>,
    .xUnlock = passed_on<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = passed_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = after_writing<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = passed_on<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = passed_on<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

sqlite3_vfs* system_vfs() {
    return sqlite3_vfs_find(nullptr);
}

int open_file(sqlite3_vfs* /*self*/, const char* name, sqlite3_file* file, int flags, int* given) {
    sqlite3_vfs* system = system_vfs();
    if ((flags & SQLITE_OPEN_WAL) == 0)
        return system->xOpen(system, name, file, flags, given);
    sqlite3_file* real = real_of(file);
    file->pMethods = nullptr;
    const int code = system->xOpen(system, name, real, flags, given);
    if (code != SQLITE_OK) {
        if (real->pMethods != nullptr)
            real->pMethods->xClose(real);
        return code;
    }
    auto* log = std::construct_at(&log_of(file));
    log->gathered = std::make_unique<Gathered>(real);
    log->base.pMethods = &kLogMethods;
    return SQLITE_OK;
}

// A copy of the system's own but for the two members that differ.
sqlite3_vfs* make_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *system_vfs();
        made.zName = kName;
        made.pNext = nullptr;
        made.szOsFile = made.szOsFile + static_cast<int>(kRealFileAt);
        made.xOpen = open_file;
        return made;
    }();
    sqlite3_vfs_register(&vfs, 0);
    return &vfs;
}

}  // namespace

const char* log_vfs() {
    static const sqlite3_vfs* const registered = make_vfs();
    return registered->zName;
}

}  // namespace kith::sqlite
