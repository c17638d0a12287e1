// `kithd check` (from outside in) and `kithd doctor` (from inside).
#pragma once

#include <vector>

#include "server/ground.h"

namespace kith {

/// DNS record, addresses, TLS, and each public call, as another server would see them. Blocking.
std::vector<Finding> check_from_outside(const Config& config);

enum class Examine { everything, store };
/// Ground, keys, certificate, and the store's consistency (asked of the running server if one
/// runs).
std::vector<Finding> examine(const Config& config, Examine what);

}  // namespace kith
