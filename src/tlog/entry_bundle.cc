#include "tlog/entry_bundle.h"

#include "crypto/tiles.h"

namespace kith {

Bytes write_entry_bundle(std::span<const ByteView> entries) {
    KITH_CHECK(!entries.empty() && entries.size() <= kTileWidth);
    Bytes octets;
    for (const ByteView entry : entries) {
        KITH_CHECK(entry.size() <= kMaxLogEntry);
        octets.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
        octets.push_back(static_cast<std::uint8_t>(entry.size() & 0xFF));
        octets.insert(octets.end(), entry.begin(), entry.end());
    }
    return octets;
}

Result<std::vector<ByteView>> parse_entry_bundle(ByteView octets) {
    std::vector<ByteView> entries;
    while (!octets.empty()) {
        const std::size_t length =
            octets.size() < 2 ? octets.size() : std::size_t{octets[0]} * 256 + octets[1];
        if (octets.size() < 2 + length)
            return fail(ErrorKind::malformed, "entries", "the last one is cut short");
        if (entries.size() == kTileWidth)
            return fail(ErrorKind::limit, "entries", "more than 256");
        entries.push_back(octets.subspan(2, length));
        octets = octets.subspan(2 + length);
    }
    if (entries.empty())
        return fail(ErrorKind::malformed, "entries", "none");
    return entries;
}

}  // namespace kith
