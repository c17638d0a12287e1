// The grammar of the command line: verbs, options, examples. Parsing fills in what to do.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "kith/command_tree.h"
#include "kith/commands.h"

namespace kith {

/// What a command line came to.
struct Chosen {
    bool json = false;
    std::string home;  ///< empty: as default_home()
    /// One of the two is set.
    std::function<Outcome(Person&)> with_person;
    std::function<Outcome(const std::filesystem::path& home, const Terminal&)> without;
    std::optional<ExitCode> over;  ///< help was shown, or the line is wrong; it has been said
};

Chosen read_command_line(int argc, char** argv);

}  // namespace kith
