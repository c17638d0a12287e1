// Paths of tiles and bundles of entries: one text, and one row of octets, for each.
#include <algorithm>

#include "tlog/entry_bundle.h"
#include "tlog/tile_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    const ByteView octets(data, size);
    if (const auto name = parse_tile_path(as_text(octets))) {
        KITH_CHECK(tile_path(*name) == as_text(octets));
        KITH_CHECK(name->width >= 1 && name->width <= kTileWidth);
        KITH_CHECK(!is_served(*name, 0));
        const bool small = is_served(*name, 70'000);
        KITH_CHECK(!small || is_served(*name, kMaxTreeSize));
    }
    if (const auto entries = parse_entry_bundle(octets))
        KITH_CHECK(std::ranges::equal(write_entry_bundle(*entries), octets));
    return 0;
}
