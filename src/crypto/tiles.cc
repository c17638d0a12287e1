#include "crypto/tiles.h"

#include <algorithm>
#include <bit>

namespace kith {
namespace {

constexpr std::size_t kTilesKept = 64;  // half a megabyte; a proof needs at most 16

// How many hashes there are at a level.
std::uint64_t level_width(unsigned level, std::uint64_t size) {
    const unsigned shift = level * kTileHeight;
    return shift < 64 ? size >> shift : 0;
}

Result<std::vector<Hash>> read_tile(TileReader& reader, const TileId& id, std::size_t width) {
    std::vector<Hash> hashes = TRY(reader.read(id, width));
    if (hashes.size() < width)
        return fail(ErrorKind::malformed, "tile", "fewer hashes than the tree has there");
    hashes.resize(width);
    return hashes;
}

}  // namespace

std::size_t tile_width(const TileId& id, std::uint64_t size) {
    const std::uint64_t hashes = level_width(id.level, size);
    if (id.index > hashes / kTileWidth)
        return 0;
    return std::min<std::uint64_t>(kTileWidth, hashes - id.index * kTileWidth);
}

Bytes tile_octets(std::span<const Hash> hashes) {
    Bytes octets;
    octets.reserve(hashes.size() * sizeof(Hash::octets));
    for (const Hash& hash : hashes)
        octets.insert(octets.end(), hash.octets.begin(), hash.octets.end());
    return octets;
}

Result<std::vector<Hash>> parse_tile(ByteView octets) {
    constexpr std::size_t kOctets = sizeof(Hash::octets);
    if (octets.empty() || octets.size() % kOctets != 0 || octets.size() > kTileWidth * kOctets)
        return fail(ErrorKind::malformed, "tile", "not 1 to 256 hashes");
    std::vector<Hash> hashes(octets.size() / kOctets);
    for (std::size_t i = 0; i < hashes.size(); ++i)
        std::ranges::copy(octets.subspan(i * kOctets, kOctets), hashes[i].octets.begin());
    return hashes;
}

TileTree::TileTree(TileReader& reader, std::uint64_t size) : reader_(reader), size_(size) {
    KITH_CHECK(size <= kMaxTreeSize);
}

Result<std::span<const Hash>> TileTree::tile(const TileId& id) {
    auto found = kept_.find(id);
    if (found == kept_.end()) {
        std::vector<Hash> hashes = TRY(read_tile(reader_, id, tile_width(id, size_)));
        if (kept_.size() >= kTilesKept)
            kept_.clear();
        found = kept_.emplace(id, std::move(hashes)).first;
    }
    return std::span<const Hash>(found->second);
}

// The root of the full subtree over the leaves [index << height, (index + 1) << height).
Result<Hash> TileTree::subtree(unsigned height, std::uint64_t index) {
    const unsigned within = height % kTileHeight;
    const TileId id{height / kTileHeight, index >> (kTileHeight - within)};
    const auto first = static_cast<std::size_t>((index << within) % kTileWidth);
    const std::span<const Hash> hashes = TRY(tile(id));
    return merkle_root(hashes.subspan(first, std::size_t{1} << within));
}

// The hash over the leaves [begin, end), where RFC 6962 has a node. The depth is at most 64.
Result<Hash> TileTree::range(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t width = end - begin;
    if (std::has_single_bit(width)) {
        const auto height = static_cast<unsigned>(std::countr_zero(width));
        return subtree(height, begin >> height);
    }
    const std::uint64_t middle = begin + std::bit_floor(width - 1);
    const Hash left = TRY(range(begin, middle));
    const Hash right = TRY(range(middle, end));
    return merkle_node(left, right);
}

Result<Hash> TileTree::root() {
    return size_ == 0 ? merkle_root({}) : range(0, size_);
}

Result<std::vector<Hash>> TileTree::inclusion_proof(std::uint64_t index) {
    KITH_CHECK(index < size_);
    std::vector<Hash> proof;  // from the root down, then turned round
    std::uint64_t begin = 0;
    std::uint64_t end = size_;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
        if (index < middle) {
            proof.push_back(TRY(range(middle, end)));
            end = middle;
        } else {
            proof.push_back(TRY(range(begin, middle)));
            begin = middle;
        }
    }
    std::ranges::reverse(proof);
    return proof;
}

Result<std::vector<Hash>> TileTree::consistency_proof(std::uint64_t before) {
    KITH_CHECK(before <= size_);
    std::vector<Hash> proof;  // likewise
    if (before == 0)
        return proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size_;
    while (before != end) {
        const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
        if (before <= middle) {
            proof.push_back(TRY(range(middle, end)));
            end = middle;
        } else {
            proof.push_back(TRY(range(begin, middle)));
            begin = middle;
        }
    }
    // Whoever verifies holds the root of the whole old tree already.
    if (begin > 0)
        proof.push_back(TRY(range(begin, end)));
    std::ranges::reverse(proof);
    return proof;
}

Result<std::vector<Tile>> grown_tiles(TileReader& reader,
                                      std::uint64_t size,
                                      std::span<const Hash> leaves) {
    KITH_CHECK(size <= kMaxTreeSize && leaves.size() <= kMaxTreeSize - size);
    std::vector<Tile> grown;
    std::vector<Hash> fresh(leaves.begin(), leaves.end());
    for (unsigned level = 0; !fresh.empty(); ++level) {
        const std::uint64_t there = level_width(level, size);
        Tile tile{{level, there / kTileWidth}, {}};
        if (const std::size_t width = there % kTileWidth; width > 0)
            tile.hashes = TRY(read_tile(reader, tile.id, width));
        std::vector<Hash> above;
        for (const Hash& hash : fresh) {
            tile.hashes.push_back(hash);
            if (tile.hashes.size() < kTileWidth)
                continue;
            above.push_back(merkle_root(tile.hashes));
            grown.push_back(std::move(tile));
            tile = Tile{{level, grown.back().id.index + 1}, {}};
        }
        if (!tile.hashes.empty())
            grown.push_back(std::move(tile));
        fresh = std::move(above);
    }
    return grown;
}

}  // namespace kith
