// Whether the ground will hold: what quickstart looks at before it writes anything, and `kithd
// doctor` again later. Each finding is one line with what to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/config.h"

namespace kith {

struct Finding {
    enum class Grade { good, warning, bad };
    Grade grade = Grade::good;
    std::string subject;  ///< "disk", "port 443", …
    std::string detail;   ///< what was found
    std::string advice;   ///< what to do; empty when good
};

/// "good", "warning", "bad".
const char* name_of(Finding::Grade grade);

/// Free space, and how long an fsync takes, in the nearest existing folder above `folder`.
std::vector<Finding> look_at_disk(const std::filesystem::path& folder, std::uint64_t min_free);
/// RLIMIT_NOFILE against the configured number of connections.
Finding look_at_file_limit(std::uint64_t connections);
/// Whether the kernel says that the clock is synchronised, and whether its time is believable.
Finding look_at_clock();
/// Whether each "IP:PORT" can be bound; `in_use_is_ours`: a running kithd holds them already.
enum class PortsExpected { free, held_by_us };
std::vector<Finding> look_at_ports(const std::vector<std::string>& listen, PortsExpected expected);
/// Whether certificate and key can be read, belong together, are valid now and name `host`.
Finding look_at_certificate(const Config& config);

/// The worst grade of a list.
Finding::Grade worst(const std::vector<Finding>& findings);

}  // namespace kith
