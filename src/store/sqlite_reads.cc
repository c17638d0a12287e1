// Counters, values, and what has changed since a state.
#include "store/sqlite_reads.h"

#include <algorithm>

#include "base/text.h"
#include "store/sqlite_rows.h"

namespace kith {
namespace {

using sqlite::Statement;

// Emails and mailboxes carry their own modseq; `changes` has what is gone of them, and everything
// of the other types. ?1 account, ?2 type, ?3 since (included), ?4 behind this id of it, ?5 limit.
const char* changes_query(ObjectType type) {
    switch (type) {
        case ObjectType::email:
            return "SELECT CAST(id AS TEXT), created_modseq, modseq, 0, thread FROM messages "
                   "WHERE account = ?1 AND modseq >= ?3 AND (modseq > ?3 OR CAST(id AS TEXT) > ?4) "
                   "UNION ALL SELECT id, created, modseq, destroyed, thread FROM changes WHERE "
                   "account = ?1 AND type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY 3, 1 LIMIT ?5";
        case ObjectType::mailbox:
            return "SELECT CAST(id AS TEXT), created_modseq, modseq, 0, NULL FROM mailboxes "
                   "WHERE account = ?1 AND modseq >= ?3 AND (modseq > ?3 OR CAST(id AS TEXT) > ?4) "
                   "UNION ALL SELECT id, created, modseq, destroyed, thread FROM changes WHERE "
                   "account = ?1 AND type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY 3, 1 LIMIT ?5";
        default:
            return "SELECT id, created, modseq, destroyed, thread FROM changes WHERE account = ?1 "
                   "AND "
                   "type = ?2 AND modseq >= ?3 AND (modseq > ?3 OR id > ?4) "
                   "ORDER BY modseq, id LIMIT ?5";
    }
}

// What was made and last changed when, newest change first. ?1 account, ?2 type.
std::vector<const char*> made_queries(ObjectType type) {
    std::vector<const char*> all = {
        "SELECT iif(quiet, 0, created), modseq FROM changes WHERE account = ?1 AND type = ?2 ORDER "
        "BY modseq "
        "DESC"};
    if (type == ObjectType::email)
        all.push_back(
            "SELECT iif(quiet, 0, created_modseq), modseq FROM messages WHERE account = ?1 AND ?2 "
            "IS NOT NULL ORDER BY modseq DESC");
    if (type == ObjectType::mailbox)
        all.push_back(
            "SELECT created_modseq, modseq FROM mailboxes WHERE account = ?1 AND ?2 IS NOT NULL "
            "ORDER BY modseq DESC");
    return all;
}

// The modseq of the newest change, or the floor. ?1 account, ?2 type.
const char* newest_change_query(ObjectType type) {
    switch (type) {
        case ObjectType::email:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM messages WHERE account = ?1), 0), "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
        case ObjectType::mailbox:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM mailboxes WHERE account = ?1), 0), "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
        default:
            return "SELECT max(floor, "
                   "coalesce((SELECT max(modseq) FROM changes WHERE account = ?1 AND type = ?2), "
                   "0)) FROM accounts WHERE id = ?1";
    }
}

// Whose ids are names: one that was removed may be there again, and be removed again.
bool may_come_again(ObjectType type) {
    return type == ObjectType::contact || type == ObjectType::device;
}

}  // namespace

std::string changes_floor_key(AccountId account, ObjectType type) {
    return "changes/" + std::to_string(account) + "/" + std::to_string(static_cast<int>(type));
}

ModSeq SqliteReads::modseq(AccountId account) {
    return at_most_one(
               std::move(
                   database_.prepare("SELECT modseq FROM accounts WHERE id = ?").bind(account)),
               read_integer)
        .value_or(0);
}

ModSeq SqliteReads::modseq(AccountId account, ObjectType type) {
    auto row = database_.prepare(newest_change_query(type));
    row.bind(account).bind(type);
    return row.step() ? row.integer(0) : 0;
}

// By modseq of the last change: where that is no later than the newest `created` seen so far, no
// change before can have made anything newer.
ModSeq SqliteReads::newest_made(AccountId account, ObjectType type) {
    ModSeq newest = 0;
    for (const char* query : made_queries(type)) {
        auto rows = database_.prepare(query);
        rows.bind(account).bind(type);
        while (rows.step() && rows.integer(1) > newest)
            newest = std::max(newest, rows.integer(0));
    }
    return newest;
}

std::optional<ObjectChanges> SqliteReads::changes(AccountId account,
                                                  ObjectType type,
                                                  const ChangesFrom& from,
                                                  std::int64_t limit) {
    const ModSeq known = from.read ? from.read->modseq : from.since;
    {
        auto row = database_.prepare("SELECT modseq, floor FROM accounts WHERE id = ?");
        row.bind(account);
        const auto text = value(changes_floor_key(account, type)).value_or("0");
        const auto floor = static_cast<ModSeq>(parse_decimal(text, INT64_MAX).value_or(0));
        if (!row.step() || known < row.integer(1) || known > row.integer(0) || known < floor)
            return std::nullopt;
    }
    ObjectChanges out;
    out.state = modseq(account);
    const std::string behind = from.read ? from.read->id : std::string();
    auto rows = database_.prepare(changes_query(type));
    rows.bind(account).bind(type).bind(from.read ? known : known + 1).bind(behind).bind(limit + 1);
    ChangesPlace last;
    for (std::int64_t count = 0; rows.step(); ++count) {
        if (count == limit) {
            out.more = std::move(last);
            break;
        }
        last = {.modseq = rows.integer(2), .id = rows.text(0)};
        const ModSeq created = rows.integer(1);
        const bool gone = rows.integer(3) != 0;
        if (gone && created > known && !may_come_again(type))
            continue;  // came and went; nobody was told of it
        if (gone && type == ObjectType::email)
            out.destroyed_threads.push_back(rows.integer(4));  // NULL reads as 0
        (gone                   ? out.destroyed
         : created > from.since ? out.created
                                : out.updated)
            .push_back(last.id);
    }
    return out;
}

std::optional<std::string> SqliteReads::value(const std::string& key) {
    return at_most_one<std::string>(
        std::move(database_.prepare("SELECT value FROM key_values WHERE key = ?").bind(key)),
        [](Statement& row) { return row.text(0); });
}

std::int64_t SqliteReads::counter(const std::string& key, std::int64_t day) {
    return at_most_one(
               std::move(database_.prepare("SELECT count FROM counters WHERE key = ? AND day = ?")
                             .bind(key)
                             .bind(day)),
               read_integer)
        .value_or(0);
}

}  // namespace kith
