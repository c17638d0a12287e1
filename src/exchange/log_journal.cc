#include "exchange/log_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "exchange/stored_tiles.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kEntry = DirectoryEntry::kOctets;
constexpr std::uint64_t kAtOnce = 1'024;  // entries

Error failed(const fs::path& file, const char* what) {
    return fail(ErrorKind::io,
                file.string(),
                std::string("cannot be ") + what + ": " + std::strerror(errno));  // NOLINT
}

Error contradicts(const char* why) {
    return fail(ErrorKind::conflict, "log", why);
}

/// A file that is closed when it goes.
class File {
  public:
    File(const fs::path& path, int flags)
        : path_(path), handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (handle_ >= 0)
            ::close(handle_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool good() const { return handle_ >= 0; }
    int handle() const { return handle_; }
    Result<void> write(ByteView octets, std::uint64_t at) {
        while (!octets.empty()) {
            const ssize_t done =
                ::pwrite(handle_, octets.data(), octets.size(), static_cast<off_t>(at));
            if (done <= 0)
                return failed(path_, "written");
            octets = octets.subspan(static_cast<std::size_t>(done));
            at += static_cast<std::uint64_t>(done);
        }
        return {};
    }
    Result<void> sync() { return ::fsync(handle_) == 0 ? Result<void>() : failed(path_, "synced"); }

  private:
    const fs::path path_;
    const int handle_;
};

// Beside it and over it: whole or as before.
Result<void> replace(const fs::path& folder, const char* name, std::string_view text) {
    const fs::path fresh = folder / (std::string(name) + ".new");
    {
        File file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.good())
            return failed(fresh, "made");
        TRY(file.write(as_bytes(text), 0));
        TRY(file.sync());
    }
    if (::rename(fresh.c_str(), (folder / name).c_str()) != 0)
        return failed(fresh, "put into its place");
    File above(folder, O_RDONLY | O_DIRECTORY);
    return above.good() ? above.sync() : failed(folder, "opened");
}

}  // namespace

Result<std::optional<SignedCheckpoint>> LogJournal::checkpoint() const {
    std::ifstream in(folder_ / "checkpoint", std::ios::binary);
    if (!in)
        return std::optional<SignedCheckpoint>();
    const std::string octets{std::istreambuf_iterator<char>(in), {}};
    auto read = read_checkpoint(octets);
    if (!read)
        return std::move(read).error().within((folder_ / "checkpoint").string());
    return std::optional(*std::move(read));
}

Result<void> LogJournal::record(ReadTransaction& read, const SignedCheckpoint& checkpoint) const {
    const auto before = TRY(this->checkpoint());
    std::uint64_t at = before ? before->checkpoint.head.size : 0;
    const std::uint64_t size = checkpoint.checkpoint.head.size;
    std::error_code error;
    fs::create_directories(folder_, error);
    const fs::path path = folder_ / "entries";
    File file(path, O_WRONLY | O_CREAT);
    if (!file.good())
        return failed(path, "opened");
    while (at < size) {
        const auto some = read.log_entries(at, std::min(kAtOnce, size - at));
        Bytes octets;
        for (const LogEntryRecord& entry : some)
            octets.insert(octets.end(), entry.octets.begin(), entry.octets.end());
        if (some.empty() || octets.size() != some.size() * kEntry)
            return fail(ErrorKind::internal, "log: entries", "some are missing in the store");
        TRY(file.write(octets, at * kEntry));
        at += some.size();
    }
    TRY(file.sync());
    return replace(folder_, "checkpoint", checkpoint.note.octets());
}

Result<Bytes> LogJournal::entries(std::uint64_t from, std::uint64_t count) const {
    const fs::path path = folder_ / "entries";
    const File file(path, O_RDONLY);
    Bytes octets(count * kEntry);
    if (!file.good() ||
        ::pread(file.handle(), octets.data(), octets.size(), static_cast<off_t>(from * kEntry)) !=
            static_cast<ssize_t>(octets.size()))
        return failed(path, "read");
    return octets;
}

Result<std::uint64_t> LogJournal::mend(Store& store, const OwnLog& log) const {
    const auto published = TRY(checkpoint());
    if (!published)
        return std::uint64_t{0};
    const TreeHead& head = published->checkpoint.head;
    std::uint64_t lacked = 0;
    auto work = [&](WriteTransaction& write) -> Result<void> {
        const std::uint64_t size = write.log_size();
        lacked = head.size > size ? head.size - size : 0;
        for (std::uint64_t at = size; at < head.size; at += kAtOnce) {
            const Bytes some = TRY(entries(at, std::min(kAtOnce, head.size - at)));
            TRY(log.append_again(write, some));
        }
        StoredTiles tiles(write);
        if (TRY(TileTree(tiles, head.size).root()) != head.root)
            return contradicts("the store has other entries than were published");
        if (lacked != 0)
            return log.keep(write, *published);
        return {};
    };
    TRY(store.write_and_wait(std::move(work)));
    return lacked;
}

}  // namespace kith
