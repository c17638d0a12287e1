// Directory logs: this domain's entries and tiles, and what is known of other domains' logs.
#include "store/sqlite_rows.h"
#include "store/sqlite_writes.h"

namespace kith {
namespace {

using sqlite::Statement;

LogEntryRecord read_log_entry(Statement& row) {
    LogEntryRecord out;
    out.at = static_cast<std::uint64_t>(row.integer(0));
    out.octets = row.blob(1);
    if (!row.is_null(2))
        out.card = row.hash(2);
    return out;
}

Bytes read_octets(Statement& row) {
    return row.blob(0);
}

KnownLogRecord read_known_log(Statement& row) {
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.time(4)};
}

}  // namespace

std::uint64_t SqliteReads::log_size() {
    auto row = database_.prepare("SELECT max(at) FROM log_entries");
    if (!row.step() || row.is_null(0))
        return 0;
    return static_cast<std::uint64_t>(row.integer(0)) + 1;
}

std::optional<LogEntryRecord> SqliteReads::log_entry_of(const Hash& card) {
    return at_most_one(std::move(database_
                                     .prepare("SELECT at, entry, card FROM log_entries "
                                              "WHERE card = ? ORDER BY at DESC LIMIT 1")
                                     .bind(card)),
                       read_log_entry);
}

std::vector<LogEntryRecord> SqliteReads::log_entries(std::uint64_t from, std::uint64_t limit) {
    return all_of(std::move(database_
                                .prepare("SELECT at, entry, card FROM log_entries "
                                         "WHERE at >= ? ORDER BY at LIMIT ?")
                                .bind(from)
                                .bind(limit)),
                  read_log_entry);
}

std::optional<Bytes> SqliteReads::log_tile(const TileId& id) {
    return at_most_one(
        std::move(database_.prepare("SELECT hashes FROM log_tiles WHERE level = ? AND at = ?")
                      .bind(std::int64_t{id.level})
                      .bind(id.index)),
        read_octets);
}

std::optional<KnownLogRecord> SqliteReads::known_log(const std::string& domain) {
    return at_most_one(std::move(database_
                                     .prepare("SELECT domain, checkpoint, cosigned, evidence, "
                                              "updated FROM known_logs WHERE domain = ?")
                                     .bind(domain)),
                       read_known_log);
}

std::vector<KnownLogRecord> SqliteReads::known_logs() {
    return all_of(database_.prepare("SELECT domain, checkpoint, cosigned, evidence, updated "
                                    "FROM known_logs ORDER BY domain"),
                  read_known_log);
}

bool SqliteReads::is_card_proven(const Hash& card) {
    return database_.prepare("SELECT 1 FROM proven_cards WHERE card = ?").bind(card).step();
}

std::uint64_t SqliteWrites::add_log_entry(ByteView octets, const std::optional<Hash>& card) {
    const std::uint64_t at = log_size();
    database()
        .prepare("INSERT INTO log_entries (at, entry, card) VALUES (?, ?, ?)")
        .bind(at)
        .bind_blob(octets)
        .bind(card)
        .run();
    return at;
}

void SqliteWrites::put_log_tile(const TileId& id, ByteView octets) {
    database()
        .prepare("INSERT OR REPLACE INTO log_tiles (level, at, hashes) VALUES (?, ?, ?)")
        .bind(std::int64_t{id.level})
        .bind(id.index)
        .bind_blob(octets)
        .run();
}

void SqliteWrites::put_known_log(const KnownLogRecord& log) {
    database()
        .prepare(
            "INSERT OR REPLACE INTO known_logs (domain, checkpoint, cosigned, evidence, "
            "updated) VALUES (?, ?, ?, ?, ?)")
        .bind(log.domain)
        .bind(log.checkpoint)
        .bind(log.cosigned)
        .bind(log.evidence)
        .bind(log.updated)
        .run();
}

void SqliteWrites::add_proven_card(const Hash& card) {
    database().prepare("INSERT OR IGNORE INTO proven_cards (card) VALUES (?)").bind(card).run();
}

}  // namespace kith
