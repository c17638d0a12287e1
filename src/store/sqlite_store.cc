// The embedded engine: one writer thread with group commit, a pool of reading connections.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <span>
#include <thread>

#include "store/checkpointer.h"
#include "store/migrations.h"
#include "store/sqlite_writes.h"
#include "store/store_files.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kMaxGroup =
    512;  ///< writes in one transaction: bounds what waits for one fsync
constexpr std::int64_t kUnreferencedFor = 3'600;  ///< seconds until an unreferenced blob goes

constexpr std::uint64_t kCheckedAtOnce = 1U << 20;
constexpr std::size_t kMostOwnersNamed = 20;

Error closed() {
    return fail(ErrorKind::unavailable, "store", "is closing");
}

bool is_full(int code) {
    return (code & 0xff) == SQLITE_FULL;
}

// The connections that read, lent one at a time.
class Readers {
  public:
    Readers(const std::string& file, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            idle_.push_back(std::make_unique<sqlite::Database>(file, sqlite::Database::Mode::read));
    }
    std::unique_ptr<sqlite::Database> take() {
        std::unique_lock lock(mutex_);
        returned_.wait(lock, [&] { return !idle_.empty(); });
        auto out = std::move(idle_.back());
        idle_.pop_back();
        return out;
    }
    void give_back(std::unique_ptr<sqlite::Database> database) {
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(database));
        returned_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<sqlite::Database>> idle_;
};

// Begins with a read, so that all its questions see the same state.
class Snapshot final : public SqliteReads<ReadTransaction> {
  public:
    Snapshot(Readers& readers, std::unique_ptr<sqlite::Database> database)
        : SqliteReads(*database), readers_(readers), owned_(std::move(database)) {
        owned_->prepare("BEGIN").run();
    }
    sqlite::Database& connection() { return *owned_; }
    ~Snapshot() override {
        try {
            owned_->prepare("COMMIT").run();
        } catch (const sqlite::Failure&) {  // the connection goes back all the same
        }
        readers_.give_back(std::move(owned_));
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Readers& readers_;
    std::unique_ptr<sqlite::Database> owned_;
};

class SqliteStore final : public Store {
  public:
    SqliteStore(StoreOptions options,
                OpenFile lock,
                std::unique_ptr<SegmentFiles> segments,
                FileOperations& files)
        : options_(std::move(options)),
          lock_(std::move(lock)),
          segments_(std::move(segments)),
          files_(files),
          database_(database_file(options_.folder), sqlite::Database::Mode::write),
          writes_(database_, *segments_) {}

    ~SqliteStore() override {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
            wake_.notify_all();
        }
        if (thread_.joinable())
            thread_.join();
        checkpointer_.reset();  // what it tells of a failure is ours
    }
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    Result<void> start() {
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
        return {};
    }

    void write(Work work, Done done, Adds adds) override {
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

    std::unique_ptr<ReadTransaction> read() override {
        return std::make_unique<Snapshot>(*readers_, readers_->take());
    }

    BlobFiles& blobs() override { return *segments_; }

    void set_limits(std::uint64_t min_free_octets, std::size_t queue_limit) override {
        options_.min_free_octets.set(min_free_octets);
        options_.queue_limit.set(queue_limit);
    }

    Result<void> health() const override {
        const std::scoped_lock lock(mutex_);
        if (failure_)
            return *failure_;
        return {};
    }

    Result<Upkeep> maintain(Time now) override;
    Result<void> backup(const fs::path& folder) override;
    Result<Census> check() override;

  private:
    struct Waiting {
        Work work;
        Done done;
        Adds adds = Adds::yes;
    };

    // Where appending goes on: behind the last body that the database knows of.
    Result<void> resume_segments() {
        auto row = database_.prepare(
            "SELECT segment, max(at + size) FROM blobs WHERE segment = "
            "(SELECT max(segment) FROM blobs) GROUP BY segment");
        const bool any = row.step() && row.integer(0) > 0;
        const std::int64_t segment = any ? row.integer(0) : 1;
        const auto used = any ? static_cast<std::uint64_t>(row.integer(1)) : 0;
        row.run();
        return segments_->begin_append(segment, used);
    }

    void run() {
        for (;;) {
            std::deque<Waiting> group;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
                if (queue_.empty())
                    return;
                while (!queue_.empty() && group.size() < kMaxGroup) {
                    group.push_back(std::move(queue_.front()));
                    queue_.pop_front();
                }
            }
            commit(group);
        }
    }

    // All of the group in one transaction; then everybody hears what became of it.
    void commit(std::deque<Waiting>& group) {
        std::vector<Result<void>> results(group.size());
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

    Result<void> try_group(std::deque<Waiting>& group,
                           std::vector<Result<void>>& results,
                           bool room) {
        try {
            if (!run_group(group, results, room, Undo::group)) {
                roll_back();
                run_group(group, results, room, Undo::each);
            }
            // Bodies before what refers to them.
            if (auto flushed = segments_->flush(); !flushed)
                return give_up(std::move(flushed).error());
            database_.prepare("COMMIT").run();
            return {};
        } catch (const sqlite::Failure& failure) {
            if (is_full(failure.code()))
                return give_up(fail(ErrorKind::unavailable, "store", "the disk is full"));
            return give_up(fail(ErrorKind::io, "store", failure.what()));
        }
    }

    // An error of one work undoes that work alone. Errors that come after something was written are
    // rare, and savepoints cost every write: so without them first, and false when one was needed.
    enum class Undo { group, each };
    bool run_group(std::deque<Waiting>& group,
                   std::vector<Result<void>>& results,
                   bool room,
                   Undo undo) {
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

    Result<void> run_one(const Work& work) {
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

    void roll_back() {
        segments_->discard();
        writes_.forget();
        if (sqlite3_get_autocommit(database_.handle()) == 0)
            database_.prepare("ROLLBACK").run();
    }

    // Undoes the group. Whatever is not a full disk may have lost pages that the kernel took for
    // written: nothing is believed after it.
    Result<void> give_up(Error error) {
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
    std::unique_ptr<Readers> readers_;
    std::unique_ptr<Checkpointer> checkpointer_;

    /// Held by what moves bodies, and by what relies on their places for long.
    std::mutex upkeep_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> queue_;
    std::optional<Error> failure_;
    bool stopping_ = false;
    std::thread thread_;
};

Result<Store::Upkeep> SqliteStore::maintain(Time now) {
    Upkeep upkeep;
    const std::unique_lock turn(upkeep_, std::try_to_lock);
    if (!turn)  // the next time
        return upkeep;
    std::vector<Hash> unreferenced_large;
    const Work work = [&](WriteTransaction&) -> Result<void> {
        upkeep = {};
        unreferenced_large.clear();
        for (const char* text : {"UPDATE blobs SET refs = refs - (SELECT count(*) FROM uploads "
                                 "WHERE uploads.hash = blobs.hash AND expires < ?1) WHERE hash IN "
                                 "(SELECT hash FROM uploads WHERE expires < ?1)",
                                 "DELETE FROM uploads WHERE expires < ?1",
                                 "DELETE FROM sessions WHERE expires < ?1",
                                 "DELETE FROM links WHERE expires < ?1",
                                 "DELETE FROM invitations WHERE expires < ?1",
                                 "DELETE FROM reply_tokens WHERE expires < ?1",
                                 "DELETE FROM past_stubs WHERE expires < ?1",
                                 "DELETE FROM peers WHERE expires < ?1"})
            database_.prepare(text).bind(now).run();
        forget_counters(now);
        std::vector<std::pair<AccountId, MessageId>> expired;
        {
            auto rows = database_.prepare(
                "SELECT account, id FROM messages WHERE expires < ? AND state IN (1, 2, 3)");
            rows.bind(now);
            while (rows.step())
                expired.emplace_back(rows.integer(0), rows.integer(1));
        }
        for (const auto& [account, id] : expired) {
            writes_.begin();
            TRY(writes_.remove_message(account, id));
            upkeep.changed[account] = writes_.modseq(account);
        }
        upkeep.expired_requests = std::ssize(expired);
        auto rows = database_.prepare(
            "DELETE FROM blobs WHERE refs <= 0 AND created < ? RETURNING hash, size, segment");
        rows.bind(now - Seconds(kUnreferencedFor));
        while (rows.step()) {
            ++upkeep.removed_blobs;
            upkeep.freed_octets += rows.integer(1);
            if (rows.integer(2) == 0)
                unreferenced_large.push_back(rows.hash(0));
        }
        return {};
    };
    TRY(write_and_wait(work, Adds::no));
    TRY(forget_removed());
    // The reference went first; now what it led to.
    for (const Hash& hash : unreferenced_large)
        TRY(segments_->remove_large(hash));
    const auto live = live_octets();
    TRY(remove_empty_segments(live));
    TRY(compact(live));
    return upkeep;
}

// What is still referred to of each segment. Over a snapshot: nobody who writes waits for that.
std::map<std::int64_t, std::uint64_t> SqliteStore::live_octets() {
    std::map<std::int64_t, std::uint64_t> live;
    Snapshot snapshot(*readers_, readers_->take());
    auto rows = snapshot.connection().prepare(
        "SELECT segment, sum(size) FROM blobs WHERE segment > 0 GROUP BY segment");
    while (rows.step())
        live[rows.integer(0)] = static_cast<std::uint64_t>(rows.integer(1));
    return live;
}

// Bodies are only ever added to the newest segment, so one without any stays so. What compact() has
// emptied stays for one more upkeep: somebody may be reading there.
Result<void> SqliteStore::remove_empty_segments(const std::map<std::int64_t, std::uint64_t>& live) {
    for (std::int64_t segment = 1; segment < segments_->current_segment(); ++segment)
        if (!live.contains(segment) && fs::exists(segments_->segment_path(segment)))
            TRY(segments_->remove_segment(segment));
    return {};
}

// One segment at a time that is more than half empty: what is left of it goes to the newest one, a
// handful in one write, so that others have their turn in between.
Result<void> SqliteStore::compact(const std::map<std::int64_t, std::uint64_t>& live) {
    constexpr std::size_t kAtOnce = 64;
    const auto sparse = std::ranges::find_if(live, [this](const auto& each) {
        std::error_code unknown;
        const auto size = fs::file_size(segments_->segment_path(each.first), unknown);
        return each.first < segments_->current_segment() && !unknown && 2 * each.second < size;
    });
    if (sparse == live.end())
        return {};
    const std::vector<Hash> left = bodies_of(sparse->first);
    for (std::size_t at = 0; at < left.size(); at += kAtOnce) {
        const auto some = std::span(left).subspan(at, std::min(kAtOnce, left.size() - at));
        TRY(write_and_wait(
            [&](WriteTransaction& write) { return move_bodies(sparse->first, some, write); }));
    }
    return {};
}

std::vector<Hash> SqliteStore::bodies_of(std::int64_t segment) {
    std::vector<Hash> hashes;
    Snapshot snapshot(*readers_, readers_->take());
    auto rows =
        snapshot.connection().prepare("SELECT hash FROM blobs WHERE segment = ? ORDER BY at");
    rows.bind(segment);
    while (rows.step())
        hashes.push_back(rows.hash(0));
    return hashes;
}

Result<void> SqliteStore::move_bodies(std::int64_t segment,
                                      std::span<const Hash> hashes,
                                      WriteTransaction& write) {
    for (const Hash& hash : hashes) {
        const auto place = write.blob(hash);
        if (!place || place->segment != segment)  // gone meanwhile
            continue;
        const Bytes octets = TRY(segments_->read(hash, *place, 0, place->size));
        const BlobPlace now = segments_->append(hash, octets);
        database_.prepare("UPDATE blobs SET segment = ?, at = ? WHERE hash = ?")
            .bind(now.segment)
            .bind(now.offset)
            .bind(hash)
            .run();
    }
    return {};
}

// Counters are of days or of hours since 1970: small numbers and large ones, which do not meet
// before 2089.
void SqliteStore::forget_counters(Time now) {
    constexpr std::int64_t kDay = 86'400;
    constexpr std::int64_t kHour = 3'600;
    constexpr std::int64_t kFirstHour = 43'800;
    const std::int64_t seconds = now.time_since_epoch().count();
    database_.prepare("DELETE FROM counters WHERE day < CASE WHEN day < ?1 THEN ?2 ELSE ?3 END")
        .bind(kFirstHour)
        .bind(seconds / kDay - 2)
        .bind(seconds / kHour - 48)
        .run();
}

// What was removed long ago is forgotten, so that the list of changes does not grow for ever. It is
// counted over a snapshot: nobody who writes waits for that.
Result<void> SqliteStore::forget_removed() {
    struct Excess {
        AccountId account = 0;
        ObjectType type = ObjectType::email;
    };
    std::vector<Excess> found;
    {
        Snapshot snapshot(*readers_, readers_->take());
        auto rows = snapshot.connection().prepare(
            "SELECT account, type FROM changes WHERE destroyed GROUP BY account, type "
            "HAVING count(*) > ?");
        rows.bind(2 * options_.removed_kept);
        while (rows.step())
            found.push_back({rows.integer(0), static_cast<ObjectType>(rows.integer(1))});
    }
    for (const auto& [account, type] : found) {
        TRY(write_and_wait(
            [this, account, type](WriteTransaction& write) -> Result<void> {
                // Never the newest change: it says which state the type is in.
                auto newest = database_.prepare(
                    "SELECT min(modseq, (SELECT max(modseq) FROM changes WHERE account = ?1 AND "
                    "type = ?2) - 1) FROM changes WHERE account = ?1 AND type = ?2 AND destroyed "
                    "ORDER BY modseq DESC LIMIT 1 OFFSET ?3");
                newest.bind(account).bind(type).bind(options_.removed_kept);
                if (!newest.step())
                    return {};
                const ModSeq floor = newest.integer(0);
                database_
                    .prepare(
                        "DELETE FROM changes WHERE account = ? AND type = ? AND destroyed "
                        "AND modseq <= ?")
                    .bind(account)
                    .bind(type)
                    .bind(floor)
                    .run();
                write.put_value(changes_floor_key(account, type), std::to_string(floor));
                return {};
            },
            Adds::no));
    }
    return {};
}

std::vector<std::pair<Hash, BlobPlace>> SqliteStore::all_blobs(Snapshot& snapshot) {
    std::vector<std::pair<Hash, BlobPlace>> out;
    auto& database = snapshot.connection();
    auto rows = database.prepare("SELECT hash, size, segment, at FROM blobs");
    while (rows.step())
        out.emplace_back(rows.hash(0),
                         BlobPlace{static_cast<std::uint64_t>(rows.integer(1)),
                                   rows.integer(2),
                                   static_cast<std::uint64_t>(rows.integer(3))});
    return out;
}

Result<void> SqliteStore::backup(const fs::path& folder) {
    const std::scoped_lock no_upkeep(upkeep_);
    TRY(make_empty_folder(folder));
    // The copy of the database first: bodies are only ever added or unreferenced for an hour before
    // they go, so every body it refers to is still here when it is copied.
    const fs::path copy = database_file(folder);
    try {
        sqlite::Database target(copy.string(), sqlite::Database::Mode::write);
        sqlite::Database source(database_file(options_.folder), sqlite::Database::Mode::read);
        sqlite3_backup* job = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
        const int code = job == nullptr ? SQLITE_ERROR : sqlite3_backup_step(job, -1);
        if (sqlite3_backup_finish(job) != SQLITE_OK || code != SQLITE_DONE)
            return fail(ErrorKind::io, copy.string(), "the database could not be copied");
        target.execute("PRAGMA journal_mode = DELETE");
    } catch (const sqlite::Failure& failure) {
        return fail(ErrorKind::io, copy.string(), failure.what());
    }
    return copy_blobs(options_.folder, folder);
}

// Every octet, a piece at a time: reading a small body checks its hash, a large one does not.
Result<void> SqliteStore::check_body(const Hash& hash, const BlobPlace& place) {
    Sha256 found;
    for (std::uint64_t at = 0; at < place.size; at += kCheckedAtOnce) {
        const Bytes piece = TRY(segments_->read(hash, place, at, kCheckedAtOnce));
        if (piece.empty())
            break;
        found.update(piece);
    }
    if (place.segment == 0 && found.finish() != hash)
        return fail(ErrorKind::io, "blob " + hash.hex_text(), "is corrupt on disk");
    return {};
}

Result<void> SqliteStore::check_bodies(Snapshot& snapshot, Census& census) {
    std::optional<Error> first;
    std::set<std::string> owners;
    std::int64_t damaged = 0;
    for (const auto& [hash, place] : all_blobs(snapshot)) {
        ++census.blobs;
        auto good = check_body(hash, place);
        if (good)
            continue;
        ++damaged;
        auto whose = snapshot.connection().prepare(
            "SELECT DISTINCT address FROM messages JOIN accounts ON accounts.id = account "
            "WHERE blob = ? AND blob_at = 1");
        whose.bind(hash);
        while (whose.step() && owners.size() < kMostOwnersNamed)
            owners.insert(whose.text(0));
        if (!first)
            first = std::move(good).error();
    }
    if (!first)
        return {};
    std::string detail = std::to_string(damaged) + (damaged == 1 ? " body is" : " bodies are") +
                         " damaged or gone; the first: " + first->where + " " + first->detail;
    for (const std::string& owner : owners)
        detail += (owner == *owners.begin() ? "; of mail of " : ", ") + owner;
    return fail(ErrorKind::io, "store", std::move(detail));
}

Result<Store::Census> SqliteStore::check() {
    const std::scoped_lock no_upkeep(upkeep_);
    try {
        auto snapshot = std::make_unique<Snapshot>(*readers_, readers_->take());
        auto& database = snapshot->connection();
        auto quick = database.prepare("PRAGMA quick_check(1)");
        if (!quick.step() || quick.text(0) != "ok")
            return fail(ErrorKind::io, "store", "the database is damaged: " + quick.text(0));
        auto missing = database.prepare(
            "SELECT count(*) FROM messages WHERE blob_at = 1 AND blob NOT IN (SELECT hash FROM "
            "blobs)");
        if (missing.step() && missing.integer(0) != 0)
            return fail(ErrorKind::io,
                        "store",
                        std::to_string(missing.integer(0)) + " messages without their body");
        auto miscounted = database.prepare(
            "SELECT count(*) FROM blobs WHERE refs != "
            "(SELECT count(*) FROM messages WHERE blob = hash AND blob_at = 1) + "
            "(SELECT count(*) FROM uploads WHERE uploads.hash = blobs.hash) + "
            "(SELECT count(*) FROM recipients WHERE recipients.blob = blobs.hash)");
        if (miscounted.step() && miscounted.integer(0) != 0)
            return fail(
                ErrorKind::io,
                "store",
                std::to_string(miscounted.integer(0)) + " bodies with a wrong count of references");
        Census census;
        TRY(check_bodies(*snapshot, census));
        auto counts = database.prepare(
            "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM messages), "
            "(SELECT count(*) FROM recipients WHERE state <= 1)");
        counts.step();
        census.accounts = counts.integer(0);
        census.messages = counts.integer(1);
        census.queued = counts.integer(2);
        return census;
    } catch (const sqlite::Failure& failure) {
        return fail(ErrorKind::io, "store", failure.what());
    }
}

}  // namespace

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
