// The grammar of the command line as plain data, for completions and for the test that holds the
// man page to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kith {

struct CommandTree {
    struct Option {
        std::vector<std::string> names;  ///< "-s", "--subject"
        std::string description;
        enum class Takes { nothing, words, file } takes = Takes::nothing;
    };
    std::string name;
    std::string description;
    std::vector<Option> options;
    std::vector<CommandTree> commands;
};

enum class Shell { bash, zsh, fish };
/// Errors: usage.
Result<Shell> parse_shell(std::string_view name);
/// A script for the shell to source.
std::string completion_script(const CommandTree& tree, Shell shell);

}  // namespace kith
