#include "store/segments.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

namespace kith {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kPreparedOctets = 256ULL << 10;
constexpr ByteArray<4> kMagic = {'K', 'b', '1', '\n'};

Error file_failed(const fs::path& path, const char* doing, int error) {
    const ErrorKind kind =
        error == ENOSPC || error == EDQUOT ? ErrorKind::unavailable : ErrorKind::io;
    return fail(kind, path.string(), std::string("cannot ") + doing + ": " + std::strerror(error));
}

Result<void> sync_folder(const fs::path& folder, FileOperations& files) {
    const OpenFile handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle.is_open() || files.sync(handle.get()) != 0)
        return file_failed(folder, "sync the folder", errno);
    return {};
}

Result<void> write_all(
    int file, ByteView octets, std::uint64_t offset, FileOperations& files, const fs::path& path) {
    while (!octets.empty()) {
        const std::int64_t wrote = files.write_at(file, octets, offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return file_failed(path, "write", wrote == 0 ? ENOSPC : errno);
        octets = octets.subspan(static_cast<std::size_t>(wrote));
        offset += static_cast<std::uint64_t>(wrote);
    }
    return {};
}

Result<Bytes> read_exactly(int file, std::uint64_t offset, std::uint64_t size) {
    Bytes out(size);
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t got =
            ::pread(file, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ErrorKind::io, "blob", "shorter on disk than it was written");
        done += static_cast<std::size_t>(got);
    }
    return out;
}

class LargeWriter final : public LargeBlobWriter {
  public:
    LargeWriter(fs::path temporary, fs::path folder, OpenFile file, FileOperations& files)
        : temporary_(std::move(temporary)),
          folder_(std::move(folder)),
          file_(std::move(file)),
          files_(files) {}
    ~LargeWriter() override {
        if (!finished_)
            ::unlink(temporary_.c_str());
    }
    LargeWriter(const LargeWriter&) = delete;
    LargeWriter& operator=(const LargeWriter&) = delete;

    Result<void> append(ByteView octets) override {
        TRY(write_all(file_.get(), octets, size_, files_, temporary_));
        hash_.update(octets);
        size_ += octets.size();
        return {};
    }

    Result<Hash> finish(std::optional<Hash> expected) override {
        const Hash hash = hash_.finish();
        if (expected && *expected != hash)
            return fail(ErrorKind::bad_signature, "blob", "is not what its hash says");
        if (files_.sync(file_.get()) != 0)
            return file_failed(temporary_, "sync", errno);
        const std::string name = hash.hex_text();
        const fs::path into = folder_ / name.substr(0, 2);
        std::error_code error;
        if (fs::create_directory(into, error))
            TRY(sync_folder(folder_, files_));
        if (::rename(temporary_.c_str(), (into / name.substr(2)).c_str()) != 0)
            return file_failed(into, "rename into", errno);
        finished_ = true;
        TRY(sync_folder(into, files_));
        return hash;
    }

    std::uint64_t size() const override { return size_; }

  private:
    fs::path temporary_;
    fs::path folder_;
    OpenFile file_;
    FileOperations& files_;
    Sha256 hash_;
    std::uint64_t size_ = 0;
    bool finished_ = false;
};

}  // namespace

int FileOperations::sync_data(int file) {
    return ::fdatasync(file);
}
int FileOperations::sync(int file) {
    return ::fsync(file);
}
std::int64_t FileOperations::write_at(int file, ByteView octets, std::uint64_t offset) {
    return ::pwrite(file, octets.data(), octets.size(), static_cast<off_t>(offset));
}
std::uint64_t FileOperations::free_octets(const fs::path& folder) {
    struct statvfs disk{};
    if (::statvfs(folder.c_str(), &disk) != 0)
        return 0;
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

Result<std::unique_ptr<SegmentFiles>> SegmentFiles::open(const fs::path& folder,
                                                         FileOperations& files,
                                                         std::uint64_t segment_octets) {
    std::error_code error;
    for (const fs::path& each : {folder, folder / "segments", folder / "large", folder / "tmp"}) {
        fs::create_directories(each, error);
        if (error)
            return fail(ErrorKind::io, each.string(), "cannot be made: " + error.message());
    }
    // What a crash left half-written nothing refers to.
    for (const auto& left : fs::directory_iterator(folder / "tmp", error))
        fs::remove(left.path(), error);
    TRY(sync_folder(folder, files));
    return std::unique_ptr<SegmentFiles>(new SegmentFiles(folder, files, segment_octets));
}

fs::path SegmentFiles::segment_path(std::int64_t segment) const {
    return folder_ / "segments" / (std::to_string(segment) + ".seg");
}

fs::path SegmentFiles::large_path(const Hash& hash) const {
    const std::string name = hash.hex_text();
    return folder_ / "large" / name.substr(0, 2) / name.substr(2);
}

Result<std::unique_ptr<LargeBlobWriter>> SegmentFiles::begin_large() {
    static std::atomic<std::uint64_t> count = 0;
    const fs::path path =
        folder_ / "tmp" / (std::to_string(::getpid()) + "." + std::to_string(++count));
    OpenFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.is_open())
        return file_failed(path, "make", errno);
    return std::unique_ptr<LargeBlobWriter>(
        new LargeWriter(path, folder_ / "large", std::move(file), files_));
}

Result<std::shared_ptr<OpenFile>> SegmentFiles::reader(std::int64_t segment) {
    const std::scoped_lock lock(readers_mutex_);
    auto& known = readers_[segment];
    if (!known) {
        OpenFile file(::open(segment_path(segment).c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.is_open()) {
            const int error = errno;
            readers_.erase(segment);
            return file_failed(segment_path(segment), "open", error);
        }
        known = std::make_shared<OpenFile>(std::move(file));
    }
    return known;
}

Result<Bytes> SegmentFiles::read(const Hash& hash,
                                 const BlobPlace& place,
                                 std::uint64_t offset,
                                 std::uint64_t size) {
    if (offset >= place.size)
        return Bytes();
    size = std::min(size, place.size - offset);
    if (place.segment == 0) {
        const OpenFile file(::open(large_path(hash).c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.is_open())
            return file_failed(large_path(hash), "open", errno);
        return read_exactly(file.get(), offset, size);
    }
    const std::shared_ptr<OpenFile> file = TRY(reader(place.segment));
    Bytes whole = TRY(read_exactly(file->get(), place.offset, place.size));
    if (sha256(whole) != hash)
        return fail(ErrorKind::io, "blob " + hash.hex_text(), "is corrupt on disk");
    if (offset == 0 && size == whole.size())
        return whole;
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(offset);
    return Bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
}

Result<void> SegmentFiles::begin_append(std::int64_t segment, std::uint64_t used) {
    const fs::path path = segment_path(segment);
    appending_ = OpenFile(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!appending_.is_open())
        return file_failed(path, "open", errno);
    segment_ = segment;
    used_ = flushed_ = prepared_ = used;
    return sync_folder(path.parent_path(), files_);
}

BlobPlace SegmentFiles::append(const Hash& hash, ByteView octets) {
    ByteArray<kSegmentRecordHead> head{};
    std::copy(kMagic.begin(), kMagic.end(), head.begin());
    for (std::size_t i = 0; i < 8; ++i)
        head[4 + i] =
            static_cast<std::uint8_t>(static_cast<std::uint64_t>(octets.size()) >> (56 - 8 * i));
    std::copy(hash.octets.begin(), hash.octets.end(), head.begin() + 12);
    pending_.insert(pending_.end(), head.begin(), head.end());
    pending_.insert(pending_.end(), octets.begin(), octets.end());
    const BlobPlace place{octets.size(), segment_, used_ + kSegmentRecordHead};
    used_ += kSegmentRecordHead + octets.size();
    return place;
}

void SegmentFiles::discard() {
    if (std::exchange(syncing_, false))
        static_cast<void>(syncer_.end());
    pending_.clear();
    used_ = flushed_;
}

Result<void> SegmentFiles::next_segment() {
    // Without what was prepared; where that does not work, the file is longer, no more.
    static_cast<void>(::ftruncate(appending_.get(), static_cast<off_t>(used_)));
    return begin_append(segment_ + 1, 0);
}

// Zeros behind what is used: to write over them later changes neither the file's length nor where
// it lies, so that fdatasync is one write. (Room that is only allocated is marked as such, block by
// block.) Where the disk has no room for them, it does without.
void SegmentFiles::prepare() {
    const Bytes zeros(kPreparedOctets);
    if (write_all(appending_.get(), zeros, used_, files_, segment_path(segment_)))
        prepared_ = used_ + kPreparedOctets;
}

Result<void> SegmentFiles::begin_flush() {
    if (pending_.empty())
        return {};
    TRY(write_all(appending_.get(), pending_, flushed_, files_, segment_path(segment_)));
    if (used_ > prepared_)
        prepare();
    syncer_.begin(appending_.get());
    syncing_ = true;
    return {};
}

Result<void> SegmentFiles::end_flush() {
    if (!std::exchange(syncing_, false))
        return {};
    if (const int error = syncer_.end(); error != 0)
        return fail(ErrorKind::io,
                    segment_path(segment_).string(),
                    std::string("fdatasync failed: ") + std::strerror(error));
    pending_.clear();
    flushed_ = used_;
    if (used_ >= segment_octets_)
        return next_segment();
    return {};
}

Result<OpenFile> SegmentFiles::open_again(std::int64_t segment) const {
    OpenFile file(::open(segment_path(segment).c_str(), O_RDWR | O_CLOEXEC));
    if (!file.is_open())
        return file_failed(segment_path(segment), "open", errno);
    return file;
}

Result<void> SegmentFiles::write_again(const BlobPlace& place, ByteView octets) {
    const OpenFile file = TRY(open_again(place.segment));
    return write_all(file.get(), octets, place.offset, files_, segment_path(place.segment));
}

Result<void> SegmentFiles::sync_segment(std::int64_t segment) {
    const OpenFile file = TRY(open_again(segment));
    if (files_.sync_data(file.get()) != 0)
        return file_failed(segment_path(segment), "sync", errno);
    return {};
}

Result<void> SegmentFiles::remove_segment(std::int64_t segment) {
    {
        const std::scoped_lock lock(readers_mutex_);
        readers_.erase(segment);
    }
    if (::unlink(segment_path(segment).c_str()) != 0 && errno != ENOENT)
        return file_failed(segment_path(segment), "remove", errno);
    return {};
}

Result<void> SegmentFiles::remove_large(const Hash& hash) {
    if (::unlink(large_path(hash).c_str()) != 0 && errno != ENOENT)
        return file_failed(large_path(hash), "remove", errno);
    return {};
}

}  // namespace kith
