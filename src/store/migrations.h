// The schema, as numbered steps: a store of any released version becomes the newest one when
// opened.
#pragma once

#include "store/sqlite.h"

namespace kith {

/// Errors: malformed when the store was made by a newer version.
Result<void> migrate(sqlite::Database& database);

}  // namespace kith
