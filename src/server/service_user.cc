#include "server/service_user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kEntryOctets = std::size_t{16} * 1024;

Error failed(ErrorKind kind, const std::string& where, const std::string& what) {
    return fail(kind, where, what + ": " + std::strerror(errno));  // NOLINT: one thread
}

Result<void> give_one(const ServiceUser& user, const fs::path& path) {
    if (::lchown(path.c_str(), user.user, user.group) != 0)
        return failed(ErrorKind::io, path.string(), "cannot be given to " + user.name);
    return {};
}

}  // namespace

bool is_root() {
    return ::geteuid() == 0;
}

Result<ServiceUser> find_user(const std::string& name) {
    std::array<char, kEntryOctets> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr)
        return fail(ErrorKind::not_found, name, "there is no such user");
    return ServiceUser{name, entry.pw_uid, entry.pw_gid};
}

std::optional<ServiceUser> foreign_owner(const fs::path& path) {
    struct stat status{};
    if (!is_root() || ::stat(path.c_str(), &status) != 0 || status.st_uid == 0)
        return std::nullopt;
    std::array<char, kEntryOctets> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(status.st_uid, &entry, buffer.data(), buffer.size(), &found);
    return ServiceUser{found != nullptr ? entry.pw_name : std::to_string(status.st_uid),
                       status.st_uid,
                       found != nullptr ? entry.pw_gid : status.st_gid};
}

Result<void> become(const ServiceUser& user) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(user.group) != 0 || ::setuid(user.user) != 0)
        return failed(ErrorKind::denied, user.name, "cannot act as this user");
    return {};
}

Result<void> give_to(const ServiceUser& user, const fs::path& path) {
    TRY(give_one(user, path));
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(path)))
        return {};
    for (auto at = fs::recursive_directory_iterator(path, error);
         !error && at != fs::recursive_directory_iterator();
         at.increment(error))
        TRY(give_one(user, at->path()));
    if (error)
        return fail(ErrorKind::io, path.string(), error.message());
    return {};
}

}  // namespace kith
