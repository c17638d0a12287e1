#include "store/store_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace kith {
namespace fs = std::filesystem;
namespace {

Error failed(const fs::path& path, const std::error_code& error) {
    return fail(ErrorKind::io, path.string(), error.message());
}

// Appending to a segment goes on in the original: it is copied, never linked.
Result<void> copy_one(const fs::path& from, const fs::path& to) {
    std::error_code error;
    const bool segment = from.extension() == ".seg";
    if (!segment) {
        fs::create_hard_link(from, to, error);
        if (!error)
            return {};
    }
    fs::copy_file(from, to, error);
    if (error)
        return failed(to, error);
    const OpenFile file(::open(to.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() || ::fsync(file.get()) != 0)
        return fail(ErrorKind::io, to.string(), "cannot be synced");
    return {};
}

}  // namespace

std::string database_file(const fs::path& folder) {
    return (folder / "kith.db").string();
}

Result<OpenFile> lock_folder(const fs::path& folder) {
    OpenFile lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open())
        return fail(ErrorKind::io, folder.string(), "cannot make the lock file");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorKind::conflict, folder.string(), "another kithd has this store open");
    return lock;
}

Result<void> make_empty_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return failed(folder, error);
    if (!fs::is_empty(folder, error) || error)
        return fail(ErrorKind::conflict, folder.string(), "is not empty");
    fs::permissions(folder, fs::perms::owner_all, error);
    return {};
}

Result<void> copy_blobs(const fs::path& from, const fs::path& to) {
    std::error_code error;
    for (const char* part : {"segments", "large"}) {
        fs::create_directories(to / part, error);
        if (error)
            return failed(to / part, error);
        for (auto at = fs::recursive_directory_iterator(from / part, error);
             !error && at != fs::recursive_directory_iterator();
             at.increment(error)) {
            const fs::path target = to / fs::relative(at->path(), from);
            if (at->is_directory(error))
                fs::create_directories(target, error);
            else
                TRY(copy_one(at->path(), target));
        }
        if (error)
            return failed(from / part, error);
    }
    return {};
}

Result<void> restore_store(const fs::path& backup, const fs::path& folder) {
    if (!fs::exists(database_file(backup)))
        return fail(ErrorKind::not_found, backup.string(), "is not a backup of a store");
    TRY(make_empty_folder(folder));
    std::error_code error;
    fs::copy_file(database_file(backup), database_file(folder), error);
    if (error)
        return failed(folder, error);
    return copy_blobs(backup, folder);
}

}  // namespace kith
