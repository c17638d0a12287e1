// What an export lists beside contacts and mail: blocked domains, and tokens, which are made anew,
// for only the server that made one knows it.
#pragma once

#include <filesystem>

#include "kith/commands.h"

namespace kith {

/// An array in a file; exports of before have not all of them: empty then.
Result<json::array> read_list(const std::filesystem::path& file);
Result<void> import_blocked(Person& person, const std::filesystem::path& folder, Imported& count);
/// Those that are good still, where none of their kind and label is here.
Result<void> import_tokens(Person& person, const std::filesystem::path& folder, Imported& count);

}  // namespace kith
