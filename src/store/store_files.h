// The store's folder as a whole: its lock, its copy, its restoration.
#pragma once

#include "store/segments.h"
#include "store/store.h"

namespace kith {

std::string database_file(const std::filesystem::path& folder);
/// Held while the file is open. Errors: conflict (another process has it), io.
Result<OpenFile> lock_folder(const std::filesystem::path& folder);
/// Errors: conflict when something is in it; io.
Result<void> make_empty_folder(const std::filesystem::path& folder);
/// Segments and large bodies, by hard link where both lie on one file system; synced. Errors: io.
Result<void> copy_blobs(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace kith
