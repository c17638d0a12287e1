#include "server/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "base/bytes.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kKeyOctets = 32;
constexpr const char* kFiles[] = {
    "domain.key", "token.key", "price.key", "nonce.key", "log.key", "vrf.key", "witness.key"};
constexpr std::size_t kFirstFiles = 4;  // a folder without one of these was never set up

Error cannot(const char* what, const fs::path& file) {
    return fail(ErrorKind::io,
                file.string(),
                std::string("cannot ") + what + ": " + std::strerror(errno));  // NOLINT
}

Result<Secret> read_key(const fs::path& file) {
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return cannot("be read", file);
    struct stat status{};
    char text[128];
    const bool stated = ::fstat(handle, &status) == 0;
    const ssize_t length = ::read(handle, text, sizeof text);
    ::close(handle);
    if (!stated || length < 0)
        return cannot("be read", file);
    if ((status.st_mode & 077U) != 0)
        return fail(ErrorKind::denied, file.string(), "others can read it: chmod 600 it");
    std::string_view line(text, static_cast<std::size_t>(length));
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    auto octets = parse_base64(line);
    explicit_bzero(text, sizeof text);
    if (!octets || octets->size() != kKeyOctets)
        return fail(ErrorKind::malformed, file.string(), "is not a key of 32 octets in base64");
    Secret secret = Secret::copy_of(*octets);
    explicit_bzero(octets->data(), octets->size());
    return secret;
}

Result<SigningKey> signing_key(const fs::path& file) {
    const Secret seed = TRY(read_key(file));
    return SigningKey::from_seed(seed.view());
}

// Written beside and linked into place, so that a key is whole or absent, and never replaced.
Result<void> write_key(const fs::path& file, Random& random) {
    Bytes octets(kKeyOctets);
    random.fill(octets);
    std::string line = base64(octets) + "\n";
    explicit_bzero(octets.data(), octets.size());
    const fs::path fresh = file.string() + ".new";
    ::unlink(fresh.c_str());
    const int handle = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle < 0)
        return cannot("be made", fresh);
    const bool written =
        ::write(handle, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fsync(handle) == 0;
    ::close(handle);
    explicit_bzero(line.data(), line.size());
    if (!written || ::rename(fresh.c_str(), file.c_str()) != 0)
        return cannot("be written", file);
    return {};
}

Result<void> sync_folder(const fs::path& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return cannot("be opened", folder);
    const bool synced = ::fsync(handle) == 0;
    ::close(handle);
    if (!synced)
        return cannot("be synced", folder);
    return {};
}

}  // namespace

std::vector<fs::path> missing_keys(const fs::path& folder) {
    std::vector<fs::path> missing;
    for (const char* name : kFiles)
        if (!fs::exists(folder / name))
            missing.push_back(folder / name);
    return missing;
}

Result<KeysMade> make_keys(const fs::path& folder, Random& random) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return fail(ErrorKind::io, folder.string(), "cannot be made: " + error.message());
    fs::permissions(folder, fs::perms::owner_all, error);
    KeysMade made = KeysMade::already_there;
    for (const char* name : kFiles) {
        if (fs::exists(folder / name))
            continue;
        TRY(write_key(folder / name, random));
        made = KeysMade::fresh;
    }
    TRY(sync_folder(folder));
    return made;
}

Result<void> complete_keys(const fs::path& folder, Random& random) {
    const auto is_there = [&](const char* name) { return fs::exists(folder / name); };
    if (std::ranges::all_of(std::span(kFiles).first(kFirstFiles), is_there) &&
        !std::ranges::all_of(kFiles, is_there))
        TRY(make_keys(folder, random));
    return {};
}

Result<ServerKeys> load_keys(const fs::path& folder) {
    SigningKey domain = TRY(signing_key(folder / kFiles[0]));
    Secret token = TRY(read_key(folder / kFiles[1]));
    Secret price = TRY(read_key(folder / kFiles[2]));
    Secret nonce = TRY(read_key(folder / kFiles[3]));
    SigningKey log = TRY(signing_key(folder / kFiles[4]));
    const Secret vrf_seed = TRY(read_key(folder / kFiles[5]));
    VrfKey vrf = TRY(VrfKey::from_seed(vrf_seed.view()));
    SigningKey witness = TRY(signing_key(folder / kFiles[6]));
    return ServerKeys{std::move(domain),
                      std::move(token),
                      std::move(price),
                      std::move(nonce),
                      std::move(log),
                      std::move(vrf),
                      std::move(witness)};
}

}  // namespace kith
