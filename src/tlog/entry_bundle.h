// Entry bundles (c2sp.org/tlog-tiles): up to 256 entries of a log, each behind its length in two
// octets, big-endian.
#pragma once

#include <span>
#include <vector>

#include "base/bytes.h"

namespace kith {

inline constexpr std::size_t kMaxLogEntry = 65'535;  ///< octets

/// Requires: 1 to 256 entries, each within kMaxLogEntry.
Bytes write_entry_bundle(std::span<const ByteView> entries);
/// Views into `octets`. Errors: malformed, limit ("entries").
Result<std::vector<ByteView>> parse_entry_bundle(ByteView octets);

}  // namespace kith
