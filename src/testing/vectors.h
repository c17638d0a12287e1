// Where tests find files: the source tree, and the vectors of others (KITH_VECTORS).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace kith::testing {

/// The root of the source tree (KITH_SOURCE, else found upwards from the working folder).
std::filesystem::path source_root();

/// The folder of vectors nobody here wrote: KITH_VECTORS, by default ../shared/vectors beside the
/// source tree. Absent: nullopt, and the test says that it skipped — except where
/// KITH_REQUIRE_VECTORS is set (CI), then the process ends with an error.
std::optional<std::filesystem::path> vectors();

/// The whole file; ends the process with a message when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace kith::testing
