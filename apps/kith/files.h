// Files of a home: secrets that only their owner reads, written whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace kith {

/// Any file of the person's. Errors: io, limit.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uint64_t limit = std::uint64_t{1} << 30);
/// A file that the person named, and that is a secret. Errors: as read_private_file, but io for
/// not_found.
Result<std::string> read_named_secret(const std::filesystem::path& path);
/// A secret: denied when group or others may read or write it, or somebody else owns it.
/// Errors: not_found, denied, io, limit.
Result<std::string> read_private_file(const std::filesystem::path& path);
/// Mode 0600; a new file in the same folder, fsync, rename, fsync of the folder: after a crash
/// there is the old one or the new one. Errors: io.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view octets);
/// The same with the usual mode, for what the person keeps elsewhere.
Result<void> write_public_file(const std::filesystem::path& path, std::string_view octets);
/// Mode 0700, parents too; an existing one must be the owner's alone. Errors: denied, io.
Result<void> make_private_folder(const std::filesystem::path& path);
/// The same; an existing empty one of the owner's is made private.
Result<void> take_private_folder(const std::filesystem::path& path);
/// Errors: io. A file that is not there is no error.
Result<void> remove_file(const std::filesystem::path& path);

/// An exclusive lock on a file (flock), held while it lives.
class FileLock {
  public:
    enum class Wait { yes, no };
    /// Errors: unavailable (somebody holds it and Wait::no), io.
    static Result<FileLock> acquire(const std::filesystem::path& path, Wait wait);
    FileLock(FileLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    FileLock& operator=(FileLock&&) = delete;
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int file) : file_(file) {}
    int file_;
};

}  // namespace kith
