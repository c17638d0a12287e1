// The Range header for one range of octets (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  ///< included

    std::uint64_t size() const { return last - first + 1; }
    /// The value of Content-Range.
    std::string text(std::uint64_t total) const;
};

/// nullopt: the whole is to be sent (another unit, several ranges, or it does not parse; RFC 9110
/// 14.2 lets a server ignore those). Errors: limit: no octet of it exists (416).
Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t total);

}  // namespace kith
