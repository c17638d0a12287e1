#include "store/sqlite_store.h"

#include <chrono>

#include "store/migrations.h"
#include "store/store_files.h"

namespace kith {
namespace {

constexpr std::size_t kMaxGroup =
    512;  ///< writes in one transaction: bounds what waits for one fsync

Error closed() {
    return fail(ErrorKind::unavailable, "store", "is closing");
}

bool is_full(int code) {
    return (code & 0xff) == SQLITE_FULL;
}

}  // namespace

SqliteStore::SqliteStore(StoreOptions options,
                         OpenFile lock,
                         std::unique_ptr<SegmentFiles> segments,
                         FileOperations& files)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      segments_(std::move(segments)),
      files_(files),
      database_(database_file(options_.folder), sqlite::Database::Mode::write),
      writes_(database_, *segments_) {}

SqliteStore::~SqliteStore() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (thread_.joinable())
        thread_.join();
    checkpointer_.reset();  // what it tells of a failure is ours
}

Result<void> SqliteStore::start() {
    TRY(migrate(database_));
    TRY(resume_segments());
    checkpointer_ = std::make_unique<Checkpointer>(
        database_file(options_.folder), [this](const std::string& why) {
            const std::scoped_lock lock(mutex_);
            if (!failure_)
                failure_ = fail(ErrorKind::io, "store", why);
        });
    sqlite3_wal_hook(
        database_.handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<SqliteStore*>(self)->checkpointer_->wrote(pages);
            return SQLITE_OK;
        },
        this);
    readers_ = std::make_unique<Readers>(database_file(options_.folder), options_.readers);
    thread_ = std::thread([this] { run(); });
    return write_and_wait([this](WriteTransaction&) { return mend_last_group(); }, Adds::no);
}

void SqliteStore::write(Work work, Done done, Adds adds) {
    Error refused = closed();
    {
        const std::scoped_lock lock(mutex_);
        if (!failure_ && !stopping_ && queue_.size() < options_.queue_limit) {
            queue_.push_back({std::move(work), std::move(done), adds});
            wake_.notify_one();
            return;
        }
        if (failure_)
            refused = fail(ErrorKind::unavailable, "store", failure_->text());
        else if (!stopping_)
            refused = fail(ErrorKind::unavailable, "store", "too much is waiting for the disk");
    }
    done(refused);
}

std::unique_ptr<ReadTransaction> SqliteStore::read() {
    return std::make_unique<Snapshot>(*readers_, readers_->take());
}

void SqliteStore::set_limits(std::uint64_t min_free_octets, std::size_t queue_limit) {
    options_.min_free_octets.set(min_free_octets);
    options_.queue_limit.set(queue_limit);
}

Result<void> SqliteStore::health() const {
    const std::scoped_lock lock(mutex_);
    if (failure_)
        return *failure_;
    return {};
}

// Where appending goes on: behind the last body that the database knows of.
Result<void> SqliteStore::resume_segments() {
    auto row = database_.prepare(
        "SELECT segment, max(at + size) FROM blobs WHERE segment = "
        "(SELECT max(segment) FROM blobs) GROUP BY segment");
    const bool any = row.step() && row.integer(0) > 0;
    const std::int64_t segment = any ? row.integer(0) : 1;
    const auto used = any ? static_cast<std::uint64_t>(row.integer(1)) : 0;
    row.run();
    return segments_->begin_append(segment, used);
}

void SqliteStore::run() {
    for (;;) {
        Group group;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty())
                break;
            while (!queue_.empty() && group.size() < kMaxGroup) {
                group.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        commit(group);
    }
    // Nothing is left to mend.
    Group last;
    last.push_back({.work = [](WriteTransaction&) { return Result<void>(); },
                    .done = [](const Result<void>&) {},
                    .adds = Adds::no});
    commit(last);
}

// All of the group in one transaction; then everybody hears what became of it.
void SqliteStore::commit(Group& group) {
    Results results(group.size());
    const auto began = std::chrono::steady_clock::now();
    const auto broken = health();
    const bool room = files_.free_octets(options_.folder) >= options_.min_free_octets;
    Result<void> whole;
    if (!broken)
        whole = fail(ErrorKind::unavailable, "store", broken.error().text());
    else
        whole = try_group(group, results, room);
    if (options_.on_commit)
        options_.on_commit(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    for (std::size_t i = 0; i < group.size(); ++i)
        group[i].done(whole ? std::move(results[i]) : whole);
    checkpointer_->end_log(database_);
}

Result<void> SqliteStore::try_group(Group& group, Results& results, bool room) {
    try {
        if (!run_group(group, results, room, Undo::group)) {
            roll_back();
            run_group(group, results, room, Undo::each);
        }
        mark_synced_bodies();
        if (auto begun = segments_->begin_flush(); !begun)
            return give_up(std::move(begun).error());
        database_.prepare("COMMIT").run();
        if (auto flushed = segments_->end_flush(); !flushed)
            return give_up(std::move(flushed).error());
        return {};
    } catch (const sqlite::Failure& failure) {
        if (is_full(failure.code()))
            return give_up(fail(ErrorKind::unavailable, "store", "the disk is full"));
        return give_up(fail(ErrorKind::io, "store", failure.what()));
    }
}

bool SqliteStore::run_group(Group& group, Results& results, bool room, Undo undo) {
    database_.prepare("BEGIN IMMEDIATE").run();
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (group[i].adds == Adds::yes && !room) {
            results[i] = fail(ErrorKind::unavailable, "store", "the disk is nearly full");
            continue;
        }
        if (undo == Undo::each)
            database_.prepare("SAVEPOINT one").run();
        const auto changes_before = sqlite3_total_changes64(database_.handle());
        results[i] = run_one(group[i].work);
        const bool left_something =
            !results[i] && sqlite3_total_changes64(database_.handle()) != changes_before;
        if (left_something && undo == Undo::group)
            return false;
        if (left_something) {
            database_.prepare("ROLLBACK TO one").run();
            writes_.forget();
        }
        if (undo == Undo::each)
            database_.prepare("RELEASE one").run();
    }
    return true;
}

Result<void> SqliteStore::run_one(const Work& work) {
    writes_.begin();
    Result<void> result;
    try {
        result = work(writes_);
    } catch (const sqlite::Failure&) {
        throw;
    } catch (const std::exception& error) {
        result = fail(ErrorKind::internal, "store", error.what());
    }
    if (result)
        writes_.finish();
    return result;
}

void SqliteStore::roll_back() {
    segments_->discard();
    writes_.forget();
    marked_.clear();
    if (sqlite3_get_autocommit(database_.handle()) == 0)
        database_.prepare("ROLLBACK").run();
}

// Undoes the group. Whatever is not a full disk may have lost pages that the kernel took for
// written: nothing is believed after it.
Result<void> SqliteStore::give_up(Error error) {
    try {
        roll_back();
    } catch (const sqlite::Failure& failure) {
        error = fail(ErrorKind::io, "store", failure.what());
    }
    if (error.kind != ErrorKind::unavailable) {
        const std::scoped_lock lock(mutex_);
        failure_ = error;
    }
    return fail(ErrorKind::unavailable, "store", error.text());
}

Result<void> Store::write_and_wait(Work work, Adds adds) {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<Result<void>> answer;
    write(
        std::move(work),
        [&](Result<void> result) {
            const std::scoped_lock lock(mutex);
            answer = std::move(result);
            ready.notify_one();
        },
        adds);
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return answer.has_value(); });
    return *std::move(answer);
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
    static FileOperations real_files;
    FileOperations& files = options.files != nullptr ? *options.files : real_files;
    auto segments = TRY(SegmentFiles::open(options.folder, files, options.segment_octets));
    OpenFile lock = TRY(lock_folder(options.folder));
    try {
        auto store =
            std::make_unique<SqliteStore>(options, std::move(lock), std::move(segments), files);
        TRY(store->start());
        return std::unique_ptr<Store>(std::move(store));
    } catch (const sqlite::Failure& failure) {
        return fail(ErrorKind::io, options.folder.string(), failure.what());
    }
}

}  // namespace kith
