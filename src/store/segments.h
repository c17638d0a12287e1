// Segment files and large blobs on disk. The format has a page: docs/formats/segment.md.
#pragma once

#include <map>
#include <mutex>

#include "base/open_file.h"
#include "store/blobs.h"
#include "store/sync_thread.h"

namespace kith {

inline constexpr std::size_t kSegmentRecordHead = 44;  ///< magic 4, length 8, hash 32

/// Reading from any thread; begin_append and append from the writer thread alone.
class SegmentFiles final : public BlobFiles {
  public:
    /// Makes the folders. Errors: io.
    static Result<std::unique_ptr<SegmentFiles>> open(const std::filesystem::path& folder,
                                                      FileOperations& files,
                                                      std::uint64_t segment_octets);

    Result<std::unique_ptr<LargeBlobWriter>> begin_large() override;
    Result<Bytes> read(const Hash& hash,
                       const BlobPlace& place,
                       std::uint64_t offset,
                       std::uint64_t size) override;

    /// Continues behind `used` octets of `segment`; what a crash left there is overwritten.
    Result<void> begin_append(std::int64_t segment, std::uint64_t used);
    /// Plans a record in the current segment; begin_flush() writes it. Answers where the body will
    /// lie.
    BlobPlace append(const Hash& hash, ByteView octets);
    bool has_pending() const { return !pending_.empty(); }
    /// Writes what is planned, in one write, and begins to sync it beside the caller. Errors: io;
    /// unavailable (disk full).
    Result<void> begin_flush();
    /// Waits for the sync. Errors: io.
    Result<void> end_flush();
    /// A body once more where it lies, and the sync for that. Errors: io, unavailable (disk full).
    Result<void> write_again(const BlobPlace& place, ByteView octets);
    Result<void> sync_segment(std::int64_t segment);
    /// Forgets what is planned, or written and not yet synced.
    void discard();

    std::int64_t current_segment() const { return segment_; }
    /// All bodies before this octet of the current segment are synced.
    std::uint64_t synced() const { return flushed_; }
    Result<void> remove_segment(std::int64_t segment);
    Result<void> remove_large(const Hash& hash);
    std::filesystem::path segment_path(std::int64_t segment) const;
    std::filesystem::path large_path(const Hash& hash) const;

  private:
    SegmentFiles(std::filesystem::path folder, FileOperations& files, std::uint64_t segment_octets)
        : folder_(std::move(folder)),
          files_(files),
          segment_octets_(segment_octets),
          syncer_(files) {}
    Result<std::shared_ptr<OpenFile>> reader(std::int64_t segment);
    Result<OpenFile> open_again(std::int64_t segment) const;
    void prepare();
    Result<void> next_segment();

    std::filesystem::path folder_;
    FileOperations& files_;
    const std::uint64_t segment_octets_;
    std::int64_t segment_ = 0;
    std::uint64_t used_ = 0;
    std::uint64_t flushed_ = 0;
    std::uint64_t prepared_ = 0;  ///< zeros are written up to here
    OpenFile appending_;
    Bytes pending_;
    bool syncing_ = false;
    std::mutex readers_mutex_;
    std::map<std::int64_t, std::shared_ptr<OpenFile>> readers_;
    SyncThread syncer_;
};

}  // namespace kith
