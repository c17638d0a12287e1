// Whether the configured resolver validates DNSSEC: part of looking at the ground.
#pragma once

#include "server/ground.h"

namespace kith {

/// Blocking, at most ten seconds.
Finding look_at_resolver(const Config& config);

}  // namespace kith
