#include "server/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "delivery/grant_ledgers.h"
#include "exchange/own_log.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

constexpr const char* kConfig = "kithd.toml";
constexpr const char* kCertificate = "certificate.pem";
constexpr const char* kKey = "key.pem";

Error failed(const fs::path& path, const std::error_code& error) {
    return fail(ErrorKind::io, path.string(), error.message());
}

// Never throws: what cannot be looked at is not there for us.
bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool is_filled(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder, ignored) && !fs::is_empty(folder, ignored) && !ignored;
}

Result<void> make_private_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error)
        fs::permissions(folder, fs::perms::owner_all, error);
    if (error)
        return failed(folder, error);
    return {};
}

Result<void> sync_path(const fs::path& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0)
        ::close(handle);
    if (!synced)
        return fail(ErrorKind::io, path.string(), "cannot be brought to disk");
    return {};
}

// Owner-only, on disk when it returns.
Result<void> copy_one(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::copy_file(from, to, error);
    if (error)
        return failed(from, error);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error)
        return failed(to, error);
    return sync_path(to);
}

// Files of `from` that are not in `to` yet.
Result<void> copy_keys(const fs::path& from, const fs::path& to) {
    TRY(make_private_folder(to));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(from, error)) {
        const fs::path target = to / entry.path().filename();
        if (entry.is_regular_file(error) && !is_there(target))
            TRY(copy_one(entry.path(), target));
    }
    if (error)
        return failed(from, error);
    return sync_path(to);
}

// The certificate with its key, and the configuration as it stands in its file.
Result<void> copy_surroundings(const Config& config, const fs::path& folder) {
    TRY(make_private_folder(folder / "tls"));
    TRY(copy_one(config.tls.certificate, folder / "tls" / kCertificate));
    TRY(copy_one(config.tls.key, folder / "tls" / kKey));
    const fs::path file = folder / kConfig;
    if (!config.file.empty() && is_there(config.file))
        return copy_one(config.file, file);
    std::ofstream(file) << write_config(config);
    return sync_path(file);
}

// Removes what was written, unless all went well. What was there before stays.
class Unfinished {
  public:
    explicit Unfinished(std::vector<fs::path> paths) {
        for (fs::path& path : paths)
            if (!is_there(path))
                paths_.push_back(std::move(path));
    }
    ~Unfinished() {
        std::error_code ignored;
        if (!kept_)
            for (const fs::path& path : paths_)
                fs::remove_all(path, ignored);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    void keep() { kept_ = true; }

  private:
    std::vector<fs::path> paths_;
    bool kept_ = false;
};

// What was published since the backup was made is in the journal, or others alone know it.
Result<void> look_for_journal(const Config& config, Store& store, RestoreNotes& notes) {
    const auto published = TRY(OwnLog::checkpoint(*store.read()));
    if (published && !is_there(config.log_dir() / "checkpoint"))
        notes.push_back(config.log_dir().string() +
                        " is not here: put the newest copy of it there before the server starts, "
                        "or the directory log may contradict what others have seen of it "
                        "(kithd(8), DIRECTORY LOG)");
    return {};
}

// What contacts have used since the backup was made, nobody knows.
Result<void> mend_store(const Config& config, RestoreNotes& notes) {
    const auto store = TRY(open_store(
        {.folder = config.store_dir(), .min_free_octets = config.limits.min_free_octets}));
    const Time now = SystemClock().now();
    auto work = [now](WriteTransaction& write) -> Result<void> {
        bring_back_ledgers(write, now);
        return {};
    };
    TRY(store->write_and_wait(std::move(work), Store::Adds::no));
    return look_for_journal(config, *store, notes);
}

Result<void> copy_back(const Config& config, const fs::path& folder, RestoreNotes& notes) {
    TRY(make_private_folder(config.data_dir));
    TRY(restore_store(folder / "store", config.store_dir()));
    TRY(mend_store(config, notes));
    TRY(copy_keys(folder / "keys", config.keys_dir()));
    const std::pair<const char*, std::string> files[] = {{kCertificate, config.tls.certificate},
                                                         {kKey, config.tls.key}};
    for (const auto& [name, target] : files) {
        const fs::path from = folder / "tls" / name;
        if (is_there(target) || !is_there(from))
            continue;
        // Elsewhere somebody else looks after certificates.
        if (fs::path(target).parent_path() == fs::path(config.data_dir))
            TRY(copy_one(from, target));
        else
            notes.push_back(target + " is not here: a copy is " + from.string());
    }
    return {};
}

}  // namespace

Result<void> make_backup(const Config& config, Store& store, const fs::path& folder) {
    if (is_filled(folder))
        return fail(ErrorKind::conflict, folder.string(), "is not empty: name a new folder");
    Unfinished unfinished(
        {folder, folder / "store", folder / "keys", folder / "tls", folder / kConfig});
    TRY(make_private_folder(folder));
    TRY(store.backup(folder / "store"));
    TRY(copy_keys(config.keys_dir(), folder / "keys"));
    TRY(copy_surroundings(config, folder));
    TRY(sync_path(folder));
    unfinished.keep();
    return {};
}

Result<RestoreNotes> restore_backup(const Config& config, const fs::path& folder) {
    if (!is_folder(folder / "store") || !is_folder(folder / "keys"))
        return fail(ErrorKind::io, folder.string(), "is not a backup made by `kithd backup`");
    if (is_filled(config.store_dir()))
        return fail(ErrorKind::conflict,
                    config.store_dir().string(),
                    "is not empty: there is a server's mail already");
    RestoreNotes notes;
    Unfinished unfinished({config.data_dir, config.store_dir(), config.keys_dir()});
    TRY(copy_back(config, folder, notes));
    unfinished.keep();
    return notes;
}

fs::path config_in_backup(const fs::path& folder) {
    return folder / kConfig;
}

}  // namespace kith
