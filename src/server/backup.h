// A backup: the store, the server's keys, its certificate and the configuration in one folder, made
// while the server runs; and the way back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/config.h"
#include "store/store.h"

namespace kith {

/// Into an empty or new folder. Blocks. A failure removes what was written.
/// Errors: conflict (not empty), io, unavailable.
Result<void> make_backup(const Config& config, Store& store, const std::filesystem::path& folder);

/// What is left to do by hand after a restore, one sentence each.
using RestoreNotes = std::vector<std::string>;
/// Into a data folder without a store; keys that are there already stay. A failure removes what was
/// written. Errors: conflict, io.
Result<RestoreNotes> restore_backup(const Config& config, const std::filesystem::path& folder);
/// Where a backup keeps the configuration.
std::filesystem::path config_in_backup(const std::filesystem::path& folder);

}  // namespace kith
