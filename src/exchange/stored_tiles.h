// The tiles of this domain's directory log, out of the store.
#pragma once

#include "crypto/tiles.h"
#include "store/store.h"

namespace kith {

/// The transaction must outlive it.
class StoredTiles final : public TileReader {
  public:
    explicit StoredTiles(ReadTransaction& read) : read_(read) {}

    /// Errors: malformed ("tile": it is not there, or damaged).
    Result<std::vector<Hash>> read(const TileId& id, std::size_t width) override {
        const auto octets = read_.log_tile(id);
        if (!octets)
            return fail(ErrorKind::malformed, "tile", "is not in the store");
        std::vector<Hash> hashes = TRY(parse_tile(*octets));
        if (hashes.size() < width)
            return fail(ErrorKind::malformed, "tile", "is shorter than the log");
        return hashes;
    }

  private:
    ReadTransaction& read_;
};

}  // namespace kith
