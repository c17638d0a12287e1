// Where a log's tiles and entries are served (c2sp.org/tlog-tiles): the paths under its prefix.
//
//     tile/0/x001/x234/067          256 hashes: level 0, index 1234067
//     tile/1/000.p/17               the first 17 of a tile that is not full, or was not
//     tile/entries/273.p/112        the entries of the leaves in tile 273 of level 0
#pragma once

#include <string>
#include <string_view>

#include "crypto/tiles.h"

namespace kith {

struct TileName {
    enum class Kind { hashes, entries };

    Kind kind = Kind::hashes;
    TileId id;  ///< of entries: level 0
    std::size_t width = kTileWidth;

    friend bool operator==(const TileName&, const TileName&) = default;
};

/// Without a "/" before it.
std::string tile_path(const TileName& name);
/// Exactly what tile_path() writes. Errors: malformed ("path").
Result<TileName> parse_tile_path(std::string_view path);
/// May it be asked for in a tree of `size` leaves? A tile that is full now may still be asked for
/// at a width that it had.
bool is_served(const TileName& name, std::uint64_t size);

}  // namespace kith
