// A Merkle tree kept as tiles (c2sp.org/tlog-tiles), so that a log of any size is a set of small
// pieces that never change once they are full.
//
// A tile holds up to 256 hashes, side by side, of one level: level 0 those of the leaves, level 1
// the roots of full tiles of level 0, and so on. Only the last tile of a level is ever partial.
// What is between two levels is computed. No I/O here: a TileReader brings the tiles.
#pragma once

#include <compare>
#include <map>

#include "crypto/merkle.h"

namespace kith {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kTileWidth = 256;
/// Leaves. Sizes fit a signed 64-bit number, which is what others read them into.
inline constexpr std::uint64_t kMaxTreeSize = (std::uint64_t{1} << 63) - 1;

struct TileId {
    unsigned level = 0;
    std::uint64_t index = 0;  ///< within the level

    friend auto operator<=>(const TileId&, const TileId&) = default;
};

struct Tile {
    TileId id;
    std::vector<Hash> hashes;  ///< 1 to 256

    friend bool operator==(const Tile&, const Tile&) = default;
};

/// How many hashes of it a tree of `size` leaves has; 0 where there is no such tile.
std::size_t tile_width(const TileId& id, std::uint64_t size);

/// A tile as it is stored and served: its hashes, one after the other.
Bytes tile_octets(std::span<const Hash> hashes);
/// Errors: malformed (not 1 to 256 hashes).
Result<std::vector<Hash>> parse_tile(ByteView octets);

class TileReader {
  public:
    TileReader() = default;
    TileReader(const TileReader&) = delete;
    TileReader& operator=(const TileReader&) = delete;
    virtual ~TileReader() = default;

    /// The tile, with its first `width` hashes at least: one that has grown since serves, too.
    /// Errors: whatever keeps it from being read; they are passed on.
    virtual Result<std::vector<Hash>> read(const TileId& id, std::size_t width) = 0;
};

/// The tree of `size` leaves in a reader's tiles. What it gives is as good as the tiles are: who
/// reads somebody else's holds root() against a signed one, and verifies the proofs. Keeps the
/// tiles that it read last; for one thread at a time. The reader must outlive it. Errors of all:
/// the reader's; malformed ("tile") when it brings too few hashes.
class TileTree {
  public:
    /// Requires: size <= kMaxTreeSize.
    TileTree(TileReader& reader, std::uint64_t size);

    std::uint64_t size() const { return size_; }
    Result<Hash> root();
    /// RFC 6962 section 2.1.1. Requires: index < size().
    Result<std::vector<Hash>> inclusion_proof(std::uint64_t index);
    /// RFC 6962 section 2.1.2, from the tree of the first `before` leaves; empty where that is none
    /// or all of them. Requires: before <= size().
    Result<std::vector<Hash>> consistency_proof(std::uint64_t before);

  private:
    Result<std::span<const Hash>> tile(const TileId& id);
    Result<Hash> subtree(unsigned height, std::uint64_t index);
    Result<Hash> range(std::uint64_t begin, std::uint64_t end);

    TileReader& reader_;
    std::uint64_t size_;
    std::map<TileId, std::vector<Hash>> kept_;
};

/// What to store when `leaves` are appended to a tree of `size`: every tile that is new or has
/// grown, lowest level first. Reads the partial tile of each level that grows, nothing else.
/// Errors: the reader's; malformed ("tile"). Requires: the sum is at most kMaxTreeSize.
Result<std::vector<Tile>> grown_tiles(TileReader& reader,
                                      std::uint64_t size,
                                      std::span<const Hash> leaves);

}  // namespace kith
