#include "kith/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace kith {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr mode_t kUsual = kOwnerOnly | S_IRGRP | S_IROTH;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr std::uint64_t kMaxSecret = 16U << 20;

/// A file descriptor that is closed.
class File {
  public:
    explicit File(int number) : number_(number) {}
    ~File() {
        if (number_ >= 0)
            ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int number() const { return number_; }
    bool good() const { return number_ >= 0; }

  private:
    int number_;
};

Error system_failure(const std::filesystem::path& path, const char* what) {
    const int code = errno;
    if (code == ENOENT)
        return fail(ErrorKind::not_found, path.string(), "there is no such file");
    if (code == ENOSPC || code == EDQUOT)
        return fail(ErrorKind::io, path.string(), "the disk is full: make room and run it again");
    if (code == EACCES || code == EPERM)
        return fail(ErrorKind::io,
                    path.string(),
                    std::string("cannot be ") + what + ": its permissions do not allow it");
    return fail(ErrorKind::io,
                path.string(),
                std::string("cannot be ") + what + ": " + std::strerror(code));
}

Result<std::string> read_all(const File& file,
                             const std::filesystem::path& path,
                             std::uint64_t limit) {
    std::string octets;
    std::array<char, 65'536> piece{};
    for (;;) {
        const ssize_t got = ::read(file.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_failure(path, "read");
        if (got == 0)
            return octets;
        octets.append(piece.data(), static_cast<std::size_t>(got));
        if (octets.size() > limit)
            return fail(ErrorKind::limit, path.string(), "is too large");
    }
}

Result<void> write_all(const File& file,
                       const std::filesystem::path& path,
                       std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t done = ::write(file.number(), octets.data(), octets.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return system_failure(path, "written");
        octets.remove_prefix(static_cast<std::size_t>(done));
    }
    if (::fsync(file.number()) != 0)
        return system_failure(path, "written");
    return {};
}

Result<void> sync_folder(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.good() || ::fsync(file.number()) != 0)
        return system_failure(folder, "written");
    return {};
}

std::filesystem::path temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> number{0};
    auto name = path;
    name += ".new-" + std::to_string(::getpid()) + "-" + std::to_string(number++);
    return name;
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view octets, mode_t mode) {
    const auto temporary = temporary_name(path);
    Result<void> written;
    {
        const File file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
        if (!file.good())
            return system_failure(path, "written");
        written = write_all(file, path, octets);
    }
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = system_failure(path, "written");
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return sync_folder(path);
}

Result<void> check_owner(const struct stat& status, const std::filesystem::path& path) {
    if (status.st_uid != ::geteuid())
        return fail(ErrorKind::denied, path.string(), "belongs to somebody else");
    if ((status.st_mode & kOthers) != 0)
        return fail(ErrorKind::denied,
                    path.string(),
                    "others may read it: run chmod go= '" + path.string() + "'");
    return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.good() && errno == ENOENT)
        return fail(ErrorKind::io, path.string(), "cannot be read: there is no such file");
    if (!file.good())
        return system_failure(path, "read");
    return read_all(file, path, limit);
}

Result<std::string> read_named_secret(const std::filesystem::path& path) {
    auto text = read_private_file(path);
    if (!text && text.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::io, path.string(), "cannot be read: there is no such file");
    return text;
}

Result<std::string> read_private_file(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status{};
    if (!file.good() || ::fstat(file.number(), &status) != 0)
        return system_failure(path, "read");
    TRY(check_owner(status, path));
    return read_all(file, path, kMaxSecret);
}

Result<void> write_private_file(const std::filesystem::path& path, std::string_view octets) {
    return write_whole(path, octets, kOwnerOnly);
}

Result<void> write_public_file(const std::filesystem::path& path, std::string_view octets) {
    return write_whole(path, octets, kUsual);
}

Result<void> make_private_folder(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path())
        std::filesystem::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), S_IRWXU) == 0)
        return {};
    if (errno != EEXIST)
        return system_failure(path, "made");
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return fail(ErrorKind::io, path.string(), "is not a folder");
    return check_owner(status, path);
}

Result<void> take_private_folder(const std::filesystem::path& path) {
    std::error_code error;
    struct stat status{};
    const bool ours = ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
                      status.st_uid == ::geteuid();
    if (ours && std::filesystem::is_empty(path, error) && ::chmod(path.c_str(), S_IRWXU) != 0)
        return system_failure(path, "made private");
    return make_private_folder(path);
}

Result<void> remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return system_failure(path, "removed");
    return {};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path, Wait wait) {
    const int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
    if (number < 0)
        return system_failure(path, "locked");
    FileLock lock(number);
    while (::flock(number, wait == Wait::yes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(ErrorKind::unavailable, path.string(), "another kith is at it");
        if (errno != EINTR)
            return system_failure(path, "locked");
    }
    return lock;
}

FileLock::~FileLock() {
    if (file_ >= 0)
        ::close(file_);
}

}  // namespace kith
