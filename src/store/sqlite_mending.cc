// The bodies of a group and the log that refers to them are synced side by side, which takes the
// time of one sync instead of two. A power cut may then leave a reference whose body never came to
// disk. Nobody was told of such a message, so it is taken out again, as if it had never come: its
// sender tries again. Each group therefore notes up to where bodies were synced before it.
#include <set>

#include "base/text.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_store.h"

namespace kith {
namespace {

constexpr char kSyncedBodies[] = "bodies-synced";  ///< of `key_values`: segment and octet

struct Place {
    std::int64_t segment = 0;
    std::int64_t offset = 0;
};

std::optional<Place> parse_place(const std::string& text) {
    const auto words = split(text, ' ');
    if (words.size() != 2)
        return std::nullopt;
    const auto segment = parse_decimal(words[0], INT64_MAX);
    const auto offset = parse_decimal(words[1], INT64_MAX);
    if (!segment || !offset)
        return std::nullopt;
    return Place{static_cast<std::int64_t>(*segment), static_cast<std::int64_t>(*offset)};
}

}  // namespace

void SqliteStore::mark_synced_bodies() {
    const std::string mark =
        std::to_string(segments_->current_segment()) + " " + std::to_string(segments_->synced());
    if (mark != marked_)
        writes_.put_value(kSyncedBodies, mark);
    marked_ = mark;
}

// What is whole is written once more, in its place: after a failed sync it may be in memory alone.
Result<void> SqliteStore::mend_last_group() {
    const auto from = parse_place(writes_.value(kSyncedBodies).value_or(""));
    if (!from)
        return {};
    std::vector<std::pair<Hash, BlobPlace>> unsure;
    {
        auto rows = database_.prepare(
            "SELECT hash, size, segment, at FROM blobs WHERE segment > ?1 OR "
            "(segment = ?1 AND at >= ?2)");
        rows.bind(from->segment).bind(from->offset);
        while (rows.step())
            unsure.emplace_back(rows.hash(0), read_place(rows, 1));
    }
    std::set<std::int64_t> written;
    for (const auto& [hash, place] : unsure) {
        const auto octets = segments_->read(hash, place, 0, place.size);
        if (!octets) {
            drop_body(hash);
            continue;
        }
        TRY(segments_->write_again(place, *octets));
        written.insert(place.segment);
    }
    for (const std::int64_t segment : written)
        TRY(segments_->sync_segment(segment));
    return {};
}

void SqliteStore::drop_body(const Hash& hash) {
    std::vector<std::pair<AccountId, MessageId>> messages;
    std::vector<std::pair<AccountId, SubmissionId>> submissions;
    {
        auto rows =
            database_.prepare("SELECT account, id FROM messages WHERE blob = ? AND blob_at = ?");
        rows.bind(hash).bind(MessageRecord::Blob::here);
        while (rows.step())
            messages.emplace_back(rows.integer(0), rows.integer(1));
    }
    {
        auto rows =
            database_.prepare("SELECT DISTINCT account, submission FROM recipients WHERE blob = ?");
        rows.bind(hash);
        while (rows.step())
            submissions.emplace_back(rows.integer(0), rows.integer(1));
    }
    for (const auto& [account, id] : submissions)
        writes_.remove_submission(account, id);
    for (const auto& [account, id] : messages)
        if (const auto gone = writes_.drop_message(account, id))
            database_
                .prepare(
                    "DELETE FROM past_stubs WHERE account = ? AND stub_id = ? AND from_root = ?")
                .bind(account)
                .bind(gone->stub_id)
                .bind(gone->from_root)
                .run();
    database_.prepare("DELETE FROM uploads WHERE hash = ?").bind(hash).run();
    database_.prepare("DELETE FROM blobs WHERE hash = ?").bind(hash).run();
}

}  // namespace kith
