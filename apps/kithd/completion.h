// Completion scripts for shells, made from the grammar itself.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

/// For bash, zsh or fish. Errors: malformed for any other name.
Result<std::string> completion_script(const CLI::App& app, std::string_view shell);

}  // namespace kith
