// Whether the directory log in the store is whole: what `kithd log verify` asks.
#include <algorithm>

#include "exchange/own_log.h"
#include "exchange/stored_tiles.h"

namespace kith {
namespace {

constexpr std::uint64_t kEntriesAtOnce = 1'024;

Error wrong(const char* part, std::string detail) {
    return fail(ErrorKind::io, std::string("log: ") + part, std::move(detail));
}

// Makes the tiles anew from the entries, level by level, and holds them against the stored ones.
class TileCheck {
  public:
    explicit TileCheck(ReadTransaction& read) : tiles_(read) {}

    Result<void> push(const Hash& leaf) { return push(0, leaf); }
    /// Those that are not full.
    Result<void> finish() {
        for (unsigned level = 0; level < levels_.size(); ++level)
            if (!levels_[level].hashes.empty())
                TRY(hold(level));
        return {};
    }

  private:
    struct Level {
        std::uint64_t index = 0;
        std::vector<Hash> hashes;
    };

    // At most eight levels.
    Result<void> push(unsigned level, const Hash& hash) {  // NOLINT(misc-no-recursion)
        if (levels_.size() <= level)
            levels_.resize(level + 1);
        levels_[level].hashes.push_back(hash);
        if (levels_[level].hashes.size() < kTileWidth)
            return {};
        TRY(hold(level));
        const Hash root = merkle_root(levels_[level].hashes);
        levels_[level] = {levels_[level].index + 1, {}};
        return push(level + 1, root);
    }

    Result<void> hold(unsigned level) {
        const Level& made = levels_[level];
        const auto stored = tiles_.read({level, made.index}, made.hashes.size());
        if (!stored || !std::ranges::equal(*stored, made.hashes))
            return wrong("tile",
                         "tile " + std::to_string(made.index) + " of level " +
                             std::to_string(level) + " is not what the entries make");
        return {};
    }

    StoredTiles tiles_;
    std::vector<Level> levels_;
};

Result<void> check_published(const OwnLog& log,
                             const SignedCheckpoint& published,
                             const TreeHead& head) {
    const NamedKey key{log.origin(), log.key()};
    if (published.checkpoint.origin != log.origin() || !signed_by_log(published, {&key, 1}))
        return wrong("checkpoint", "is not signed by log.key");
    if (published.checkpoint.head != head)
        return wrong("checkpoint", "is not the tree of its first entries");
    return {};
}

}  // namespace

Result<OwnLog::Census> OwnLog::verify(ReadTransaction& read) const {
    Census census;
    census.entries = read.log_size();
    TRY(verify_cards(read, census));
    if (census.entries == 0)
        return census;
    TRY(check_begin(read));
    const auto published = TRY(checkpoint(read));
    census.published = published ? published->checkpoint.head.size : 0;
    if (census.published > census.entries)
        return wrong("checkpoint", "has more entries than the log");
    MerkleEdge edge;
    TileCheck tiles(read);
    for (std::uint64_t from = 0; from < census.entries; from += kEntriesAtOnce) {
        const auto entries = read.log_entries(from, kEntriesAtOnce);
        if (entries.size() != std::min(kEntriesAtOnce, census.entries - from))
            return wrong("entries", "some are missing behind " + std::to_string(from));
        for (const LogEntryRecord& record : entries) {
            const DirectoryEntry entry = TRY(parse_directory_entry(record.octets));
            edge.append(entry.leaf());
            TRY(tiles.push(entry.leaf()));
            if (published && edge.size() == census.published)
                TRY(check_published(*this, *published, edge.head()));
        }
    }
    TRY(tiles.finish());
    return census;
}

// The labels of those whose address is still known here.
Result<void> OwnLog::verify_cards(ReadTransaction& read, Census& census) const {
    for (const AccountRecord& account : read.accounts()) {
        const auto label = label_of(vrf_.prove(as_bytes(account.address)).output);
        for (const CardRecord& card : read.cards(account.root)) {
            if (card.address != account.address || !is_ours(card))
                continue;
            const auto entry = read.log_entry_of(card.hash);
            const auto right = DirectoryEntry::of_card(label, card.hash).octets();
            if (!entry)
                ++census.missing;
            else if (!std::ranges::equal(entry->octets, right))
                return wrong("entry", std::to_string(entry->at) + " is not that of its card");
        }
    }
    return {};
}

}  // namespace kith
