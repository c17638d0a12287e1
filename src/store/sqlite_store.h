// The embedded engine: one writer thread with group commit, a pool of reading connections. The
// write path is in sqlite_store.cc, what a crash leaves to be mended in sqlite_mending.cc, what is
// done now and then in sqlite_upkeep.cc, copies and checks in sqlite_backup.cc.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "store/checkpointer.h"
#include "store/sqlite_snapshot.h"
#include "store/sqlite_writes.h"
#include "store/store.h"

namespace kith {

class SqliteStore final : public Store {
  public:
    SqliteStore(StoreOptions options,
                OpenFile lock,
                std::unique_ptr<SegmentFiles> segments,
                FileOperations& files);
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    /// Brings the schema up to date, and begins to write. Errors: malformed, io.
    Result<void> start();

    void write(Work work, Done done, Adds adds) override;
    std::unique_ptr<ReadTransaction> read() override;
    BlobFiles& blobs() override { return *segments_; }
    void set_limits(std::uint64_t min_free_octets, std::size_t queue_limit) override;
    Result<void> health() const override;

    Result<Upkeep> maintain(Time now) override;
    Result<void> backup(const std::filesystem::path& folder) override;
    Result<Census> check() override;

  private:
    struct Waiting {
        Work work;
        Done done;
        Adds adds = Adds::yes;
    };
    using Group = std::deque<Waiting>;
    using Results = std::vector<Result<void>>;

    Result<void> resume_segments();
    /// sqlite_mending.cc: the bodies and the log of a group are synced side by side.
    void mark_synced_bodies();
    Result<void> mend_last_group();
    void drop_body(const Hash& hash);

    void run();
    void commit(Group& group);
    Result<void> try_group(Group& group, Results& results, bool room);
    /// An error of one work undoes that work alone. Errors that come after something was written
    /// are rare, and savepoints cost every write: so without them first, and false when one was
    /// needed.
    enum class Undo { group, each };
    bool run_group(Group& group, Results& results, bool room, Undo undo);
    Result<void> run_one(const Work& work);
    void roll_back();
    Result<void> give_up(Error error);

    Result<void> remove_expired(Time now, Upkeep& upkeep);
    std::vector<Hash> remove_unreferenced(Time now, Upkeep& upkeep);
    void forget_ledgers(Time now);
    void forget_counters(Time now);
    std::map<std::int64_t, std::uint64_t> live_octets();
    Result<void> remove_empty_segments(const std::map<std::int64_t, std::uint64_t>& live);
    Result<void> compact(const std::map<std::int64_t, std::uint64_t>& live);
    std::vector<Hash> bodies_of(std::int64_t segment);
    Result<void> move_bodies(std::int64_t segment,
                             std::span<const Hash> hashes,
                             WriteTransaction& write);
    Result<void> forget_removed();

    static std::vector<std::pair<Hash, BlobPlace>> all_blobs(Snapshot& snapshot);
    Result<void> check_body(const Hash& hash, const BlobPlace& place);
    Result<void> check_bodies(Snapshot& snapshot, Census& census);

    StoreOptions options_;
    OpenFile lock_;
    std::unique_ptr<SegmentFiles> segments_;
    FileOperations& files_;
    sqlite::Database database_;
    SqliteWrites writes_;
    std::string marked_;  ///< what mark_synced_bodies() has noted; on the writer thread
    std::unique_ptr<Readers> readers_;
    std::unique_ptr<Checkpointer> checkpointer_;

    /// Held by what moves bodies, and by what relies on their places for long.
    std::mutex upkeep_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Group queue_;
    std::optional<Error> failure_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace kith
