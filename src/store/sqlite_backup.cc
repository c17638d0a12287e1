// A copy of the running store, and whether everything in it fits together.
#include <set>

#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"
#include "store/store_files.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kCheckedAtOnce = 1U << 20;
constexpr std::size_t kMostOwnersNamed = 20;

}  // namespace

std::vector<std::pair<Hash, BlobPlace>> SqliteStore::all_blobs(Snapshot& snapshot) {
    std::vector<std::pair<Hash, BlobPlace>> out;
    auto& database = snapshot.connection();
    auto rows = database.prepare("SELECT hash, size, segment, at FROM blobs");
    while (rows.step())
        out.emplace_back(rows.hash(0), read_place(rows, 1));
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

}  // namespace kith
