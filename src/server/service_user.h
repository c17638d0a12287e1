// Root sets the server up, but somebody else runs it: whose the files are, and acting as that user
// so that nothing is left behind that the server cannot read.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace kith {

struct ServiceUser {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
};

/// The user of the systemd unit.
inline constexpr const char* kDefaultUser = "kith";

bool is_root();
/// Errors: not_found.
Result<ServiceUser> find_user(const std::string& name);
/// Who owns `path`, when we are root and they are not; nothing when there is nothing to change.
std::optional<ServiceUser> foreign_owner(const std::filesystem::path& path);
/// From here on this process is that user, for good. Errors: denied.
Result<void> become(const ServiceUser& user);
/// Everything under `path`, itself included. Errors: io.
Result<void> give_to(const ServiceUser& user, const std::filesystem::path& path);

}  // namespace kith
