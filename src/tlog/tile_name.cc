#include "tlog/tile_name.h"

#include <algorithm>

#include "base/text.h"

namespace kith {
namespace {

constexpr std::string_view kTile = "tile/";
constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr unsigned kMaxLevel = 63;

Error bad() {
    return fail(ErrorKind::malformed, "path", "not that of a tile");
}

// 1234067: x001/x234/067.
std::string index_path(std::uint64_t index) {
    std::string digits = std::to_string(index);
    digits.insert(0, (3 - digits.size() % 3) % 3, '0');
    std::string path;
    for (std::size_t at = 0; at < digits.size(); at += 3) {
        const bool last = at + 3 == digits.size();
        path.append(last ? "" : "x").append(digits, at, 3).append(last ? "" : "/");
    }
    return path;
}

// The digits alone; that they stand as they must is for the caller, who writes the path again.
Result<std::uint64_t> parse_index(std::string_view path) {
    std::string digits;
    for (const std::string_view element : split(path, '/'))
        digits += element.starts_with('x') ? element.substr(1) : element;
    if (digits.empty())
        return bad();
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return parse_decimal(std::string_view(digits).substr(first), kMaxTreeSize);
}

Result<TileName> read(std::string_view path) {
    if (!path.starts_with(kTile))
        return bad();
    path.remove_prefix(kTile.size());
    TileName name;
    if (const std::size_t partial = path.find(kPartial); partial != std::string_view::npos) {
        name.width = TRY(parse_decimal(path.substr(partial + kPartial.size()), kTileWidth - 1));
        path = path.substr(0, partial);
    }
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos)
        return bad();
    if (path.substr(0, slash) == kEntries)
        name.kind = TileName::Kind::entries;
    else
        name.id.level = static_cast<unsigned>(TRY(parse_decimal(path.substr(0, slash), kMaxLevel)));
    name.id.index = TRY(parse_index(path.substr(slash + 1)));
    return name;
}

}  // namespace

std::string tile_path(const TileName& name) {
    std::string path(kTile);
    path += name.kind == TileName::Kind::entries ? std::string(kEntries)
                                                 : std::to_string(name.id.level);
    path += "/" + index_path(name.id.index);
    if (name.width < kTileWidth)
        path += std::string(kPartial) + std::to_string(name.width);
    return path;
}

Result<TileName> parse_tile_path(std::string_view path) {
    constexpr std::size_t kLongest = 64;
    auto name = path.size() <= kLongest ? read(path) : bad();
    // One path for each tile: no zeros too many, no x missing.
    if (!name || name->width == 0 || tile_path(*name) != path)
        return bad();
    return name;
}

bool is_served(const TileName& name, std::uint64_t size) {
    return name.width > 0 && name.width <= tile_width(name.id, size);
}

}  // namespace kith
