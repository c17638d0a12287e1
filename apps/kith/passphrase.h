// Where a passphrase comes from: a file (--passphrase-file, KITH_PASSPHRASE_FILE), or the terminal
// with its echo off.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace kith {

/// The file's first line. Errors: io, denied (others may read it), malformed (empty).
Result<std::string> passphrase_of_file(const std::filesystem::path& path);
/// KITH_PASSPHRASE_FILE, else asks on /dev/tty. Errors: denied (no terminal), io.
Result<std::string> ask_passphrase();
/// Asks twice, for a new one. Errors: denied, malformed (they differ).
Result<std::string> ask_new_passphrase();

}  // namespace kith
