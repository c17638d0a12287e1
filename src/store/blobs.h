// Message bodies outside the database: small ones together in append-only segments, large ones as
// files named by their hash. A body is on disk before anything refers to it, and goes after the
// last reference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "crypto/hash.h"

namespace kith {

inline constexpr std::size_t kMaxSmallBlob = std::size_t{128} * 1024;
inline constexpr std::uint64_t kSegmentOctets = 256ULL << 20;

/// Where a body lies. segment 0: a file of its own.
struct BlobPlace {
    std::uint64_t size = 0;
    std::int64_t segment = 0;
    std::uint64_t offset = 0;  ///< of the body within the segment
};

/// The system calls on which durability rests; tests let them fail.
class FileOperations {
  public:
    FileOperations() = default;
    FileOperations(const FileOperations&) = delete;
    FileOperations& operator=(const FileOperations&) = delete;
    virtual ~FileOperations() = default;
    virtual int sync_data(int file);  ///< fdatasync
    virtual int sync(int file);       ///< fsync, also of a folder
    virtual std::int64_t write_at(int file, ByteView octets, std::uint64_t offset);
    virtual std::uint64_t free_octets(const std::filesystem::path& folder);
};

/// Streams a large body to disk. Removed again when destroyed before finish().
class LargeBlobWriter {
  public:
    virtual ~LargeBlobWriter() = default;
    virtual Result<void> append(ByteView octets) = 0;
    /// fsyncs file and folder; now add_large_blob() may refer to it. Blocks.
    /// Errors: bad_signature when the hash is another than expected; io, unavailable (disk full).
    virtual Result<Hash> finish(std::optional<Hash> expected) = 0;
    virtual std::uint64_t size() const = 0;
};

/// Reading and bringing in bodies; thread-safe, blocking: on a worker thread.
class BlobFiles {
  public:
    virtual ~BlobFiles() = default;
    virtual Result<std::unique_ptr<LargeBlobWriter>> begin_large() = 0;
    /// `size` octets from `offset` of the body, or less at its end. The whole of a small body is
    /// checked against its hash on every read. Errors: io ("corrupt", or unreadable).
    virtual Result<Bytes> read(const Hash& hash,
                               const BlobPlace& place,
                               std::uint64_t offset,
                               std::uint64_t size) = 0;
};

}  // namespace kith
