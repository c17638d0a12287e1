// A time that a person types: when their device went astray.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace kith {

/// "2026-11-20T08:00:00Z", "2026-11-20" (its beginning, UTC), "90m", "36h", "2d" (so long ago).
/// Errors: usage (another form; not within the last 30 days).
Result<Time> parse_since(std::string_view text, Time now);

}  // namespace kith
