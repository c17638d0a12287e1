#include "exchange/own_log.h"

#include <algorithm>

#include "exchange/stored_tiles.h"
#include "note/card.h"
#include "tlog/entry_bundle.h"

namespace kith {
namespace {

constexpr const char* kCheckpoint = "log-checkpoint";  // key_values
constexpr std::size_t kMostProofs = 1'000;

}  // namespace

OwnLog::OwnLog(std::string domain, const SigningKey& key, const VrfKey& vrf)
    : domain_(std::move(domain)), origin_(log_origin(domain_)), key_(key), vrf_(vrf) {}

// --- growing

Result<void> OwnLog::check_begin(ReadTransaction& read) const {
    const auto first = read.log_entries(0, 1);
    const auto ours = DirectoryEntry::of_key(vrf_.public_key()).octets();
    if (first.empty() || !std::ranges::equal(first.front().octets, ours))
        return fail(ErrorKind::conflict, "log: key", "the log was begun with another VRF key");
    return {};
}

Result<void> OwnLog::append(WriteTransaction& write,
                            const DirectoryEntry& entry,
                            const std::optional<Hash>& card) const {
    StoredTiles tiles(write);
    const Hash leaf = entry.leaf();
    const auto octets = entry.octets();
    const std::uint64_t at = write.add_log_entry(octets, card);
    for (const Tile& tile : TRY(grown_tiles(tiles, at, {&leaf, 1})))
        write.put_log_tile(tile.id, tile_octets(tile.hashes));
    return {};
}

Result<void> OwnLog::add(WriteTransaction& write, const Address& address, const Hash& card) const {
    if (stalled_ || write.log_entry_of(card))
        return {};
    if (write.log_size() == 0)
        TRY(append(write, DirectoryEntry::of_key(vrf_.public_key()), std::nullopt));
    TRY(check_begin(write));
    const auto proven = vrf_.prove(as_bytes(address.text()));
    return append(write, DirectoryEntry::of_card(label_of(proven.output), card), card);
}

// Only what the domain has listed: a card that came from elsewhere is no statement of ours.
bool OwnLog::is_ours(const CardRecord& card) const {
    const auto note = SignedNote::parse(card.note);
    return note && note->names(domain_);
}

Result<void> OwnLog::append_again(WriteTransaction& write, ByteView octets) const {
    const std::uint64_t size = write.log_size();
    std::vector<Hash> leaves;
    for (; !octets.empty(); octets = octets.subspan(DirectoryEntry::kOctets)) {
        const ByteView one = octets.first(std::min(octets.size(), DirectoryEntry::kOctets));
        const DirectoryEntry entry = TRY(parse_directory_entry(one));
        const std::uint64_t at = write.add_log_entry(
            one, size + leaves.size() == 0 ? std::nullopt : std::optional(Hash{entry.value}));
        KITH_CHECK(at == size + leaves.size());
        leaves.push_back(entry.leaf());
    }
    StoredTiles tiles(write);
    for (const Tile& tile : TRY(grown_tiles(tiles, size, leaves)))
        write.put_log_tile(tile.id, tile_octets(tile.hashes));
    return {};
}

std::vector<OwnLog::Card> OwnLog::missing(ReadTransaction& read) const {
    std::vector<Card> found;
    for (const AccountRecord& account : read.accounts()) {
        const auto address = Address::parse(account.address);
        for (const CardRecord& card : read.cards(account.root))
            if (address && card.address == account.address && !read.log_entry_of(card.hash) &&
                is_ours(card))
                found.push_back({*address, card.hash});
    }
    return found;
}

// --- publishing

Result<SignedCheckpoint> OwnLog::sign(ReadTransaction& read) const {
    const std::uint64_t size = read.log_size();
    if (size == 0)
        return fail(ErrorKind::not_found, "log", "is empty");
    StoredTiles tiles(read);
    const Hash root = TRY(TileTree(tiles, size).root());
    return sign_checkpoint({origin_, {size, root}, {}}, key_);
}

Result<std::optional<SignedCheckpoint>> OwnLog::checkpoint(ReadTransaction& read) {
    const auto octets = read.value(kCheckpoint);
    if (!octets)
        return std::optional<SignedCheckpoint>();
    return std::optional(TRY(read_checkpoint(*octets)));
}

Result<void> OwnLog::keep(WriteTransaction& write, const SignedCheckpoint& checkpoint) const {
    const auto before = TRY(OwnLog::checkpoint(write));
    if (before && before->checkpoint.head.size > checkpoint.checkpoint.head.size)
        return fail(ErrorKind::conflict, "log: checkpoint", "a larger one is published");
    write.put_value(kCheckpoint, checkpoint.note.octets());
    return {};
}

// --- answering

Result<std::string> OwnLog::make_proof(ReadTransaction& read,
                                       const SignedCheckpoint& checkpoint,
                                       const Address& address,
                                       const Hash& card) const {
    const std::uint64_t size = checkpoint.checkpoint.head.size;
    const auto entry = read.log_entry_of(card);
    if (!entry || entry->at >= size)
        return fail(ErrorKind::not_found, "proof", "the newest checkpoint does not have the card");
    StoredTiles tiles(read);
    TileTree tree(tiles, size);
    const auto proven = vrf_.prove(as_bytes(address.text()));
    return write_directory_proof(
        TRY(make_directory_proof(tree, checkpoint, vrf_.public_key(), proven.proof, entry->at)));
}

Result<std::string> OwnLog::proof(ReadTransaction& read, const Address& address, const Hash& card) {
    const auto newest = TRY(checkpoint(read));
    if (!newest)
        return fail(ErrorKind::not_found, "proof", "there is no checkpoint yet");
    const Hash by = sha256(newest->note.octets());  // its cosignatures count, too
    {
        const std::scoped_lock lock(mutex_);
        if (const auto made = proofs_.find(card); made != proofs_.end() && proven_by_ == by)
            return made->second;
    }
    std::string text = TRY(make_proof(read, *newest, address, card));
    const std::scoped_lock lock(mutex_);
    if (proven_by_ != by || proofs_.size() >= kMostProofs)
        proofs_.clear();
    proven_by_ = by;
    proofs_.insert_or_assign(card, text);
    return text;
}

Result<Bytes> OwnLog::tile(ReadTransaction& read, const TileName& name) {
    const auto newest = TRY(checkpoint(read));
    if (!newest || !is_served(name, newest->checkpoint.head.size))
        return fail(ErrorKind::not_found, "tile", "is beyond the newest checkpoint");
    if (name.kind == TileName::Kind::hashes) {
        StoredTiles tiles(read);
        std::vector<Hash> hashes = TRY(tiles.read(name.id, name.width));
        hashes.resize(std::min(hashes.size(), name.width));
        return tile_octets(hashes);
    }
    const auto entries = read.log_entries(name.id.index * kTileWidth, name.width);
    if (entries.size() != name.width)
        return fail(ErrorKind::internal, "log: entries", "some are missing");
    std::vector<ByteView> views;
    views.reserve(entries.size());
    for (const LogEntryRecord& entry : entries)
        views.emplace_back(entry.octets);
    return write_entry_bundle(views);
}

}  // namespace kith
