// RFC 6962 section 2.1 word for word, slow, against which the trees of this room are held; and a
// store of tiles in memory.
#pragma once

#include <bit>
#include <map>

#include "crypto/tiles.h"

namespace kith::reference {

using Leaves = std::span<const Hash>;

inline std::size_t split_point(std::size_t n) {
    std::size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

/// MTH(D[n]).
inline Hash root(Leaves d) {
    if (d.empty())
        return sha256(ByteView());
    if (d.size() == 1)
        return d[0];
    const std::size_t k = split_point(d.size());
    const std::uint8_t one = 1;
    const Hash left = root(d.first(k));
    const Hash right = root(d.subspan(k));
    return sha256_joined({{&one, 1}, left.view(), right.view()});
}

/// PATH(m, D[n]).
inline std::vector<Hash> path(std::size_t m, Leaves d) {
    if (d.size() == 1)
        return {};
    const std::size_t k = split_point(d.size());
    std::vector<Hash> proof = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
    proof.push_back(m < k ? root(d.subspan(k)) : root(d.first(k)));
    return proof;
}

enum class Known { whole_tree, part };

/// SUBPROOF(m, D[n], b).
inline std::vector<Hash> subproof(std::size_t m, Leaves d, Known b) {
    if (m == d.size())
        return b == Known::whole_tree ? std::vector<Hash>() : std::vector<Hash>{root(d)};
    const std::size_t k = split_point(d.size());
    std::vector<Hash> proof =
        m <= k ? subproof(m, d.first(k), b) : subproof(m - k, d.subspan(k), Known::part);
    proof.push_back(m <= k ? root(d.subspan(k)) : root(d.first(k)));
    return proof;
}

/// PROOF(m, D[n]); empty for m = 0.
inline std::vector<Hash> consistency(std::size_t m, Leaves d) {
    return m == 0 ? std::vector<Hash>() : subproof(m, d, Known::whole_tree);
}

/// `count` different leaf hashes.
inline std::vector<Hash> leaves(std::size_t count) {
    std::vector<Hash> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(merkle_leaf(as_bytes(std::to_string(i))));
    return out;
}

/// A log's tiles in memory.
class TileStore final : public TileReader {
  public:
    Result<std::vector<Hash>> read(const TileId& id, std::size_t /*width*/) override {
        ++reads;
        const auto found = tiles.find(id);
        if (found == tiles.end())
            return fail(ErrorKind::not_found, "tile", "is not here");
        return found->second;
    }
    Result<void> append(std::span<const Hash> more) {
        for (Tile& tile : TRY(grown_tiles(*this, size, more)))
            tiles[tile.id] = std::move(tile.hashes);
        size += more.size();
        return {};
    }

    std::uint64_t size = 0;
    std::size_t reads = 0;
    std::map<TileId, std::vector<Hash>> tiles;
};

}  // namespace kith::reference
