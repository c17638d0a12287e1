// What is done now and then: expiry, bodies that nothing refers to, sparse segments, old changes.
#include <algorithm>

#include "store/sqlite_store.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

/// As long as a contact needs to fade: by then every meter is full, and nothing is discounted.
constexpr Seconds kLedgersKept = std::chrono::days{400};
constexpr std::int64_t kUnreferencedFor = 3'600;  ///< seconds until an unreferenced blob goes

}  // namespace

Result<Store::Upkeep> SqliteStore::maintain(Time now) {
    Upkeep upkeep;
    const std::unique_lock turn(upkeep_, std::try_to_lock);
    if (!turn)  // the next time
        return upkeep;
    std::vector<Hash> unreferenced_large;
    const Work work = [&](WriteTransaction&) -> Result<void> {
        upkeep = {};
        TRY(remove_expired(now, upkeep));
        unreferenced_large = remove_unreferenced(now, upkeep);
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

Result<void> SqliteStore::remove_expired(Time now, Upkeep& upkeep) {
    for (const char* text : {"UPDATE blobs SET refs = refs - (SELECT count(*) FROM uploads "
                             "WHERE uploads.hash = blobs.hash AND expires < ?1) WHERE hash IN "
                             "(SELECT hash FROM uploads WHERE expires < ?1)",
                             "DELETE FROM uploads WHERE expires < ?1",
                             "DELETE FROM sessions WHERE expires < ?1",
                             "DELETE FROM links WHERE expires < ?1",
                             "DELETE FROM invitations WHERE expires < ?1",
                             "DELETE FROM reply_tokens WHERE expires < ?1",
                             "DELETE FROM past_stubs WHERE expires < ?1",
                             "DELETE FROM introductions WHERE until < ?1",
                             "DELETE FROM issued_vouches WHERE given < ?1 - 61 * 86400",
                             "DELETE FROM sent_stubs WHERE sent < ?1 - 61 * 86400",
                             "DELETE FROM note_queue WHERE expires < ?1",
                             "DELETE FROM peers WHERE expires < ?1"})
        database_.prepare(text).bind(now).run();
    forget_ledgers(now);
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
    return {};
}

// The large ones, whose files are to go once this is durable.
std::vector<Hash> SqliteStore::remove_unreferenced(Time now, Upkeep& upkeep) {
    std::vector<Hash> large;
    auto rows = database_.prepare(
        "DELETE FROM blobs WHERE refs <= 0 AND created < ? RETURNING hash, size, segment");
    rows.bind(now - Seconds(kUnreferencedFor));
    while (rows.step()) {
        ++upkeep.removed_blobs;
        upkeep.freed_octets += rows.integer(1);
        if (rows.integer(2) == 0)
            large.push_back(rows.hash(0));
    }
    return large;
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

// The first upkeep after a contact was removed says when that was.
void SqliteStore::forget_ledgers(Time now) {
    database_.prepare("UPDATE past_ledgers SET removed = ? WHERE removed = 0").bind(now).run();
    database_.prepare("DELETE FROM past_ledgers WHERE removed < ?").bind(now - kLedgersKept).run();
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

}  // namespace kith
