// A folder of its own for a test of the server, with a configuration that points into it.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "crypto/random.h"
#include "server/config.h"
#include "server/self_signed.h"

namespace kith::testing {

/// Removed when destroyed.
class ServerFolder {
  public:
    ServerFolder() { std::filesystem::create_directories(path_); }
    ~ServerFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ServerFolder(const ServerFolder&) = delete;
    ServerFolder& operator=(const ServerFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Of one.test; everything lies in data/.
    Config config() const {
        Config config;
        config.domain = "one.test";
        config.host = "mail.one.test";
        config.data_dir = path_ / "data";
        config.tls.certificate = path_ / "data/cert.pem";
        config.tls.key = path_ / "data/key.pem";
        config.limits.min_free_octets = 1;
        return config;
    }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream in(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// A pair signed by itself, as data/cert.pem and data/key.pem.
    void certificate(const std::string& host, long days) const {
        const auto pair = make_self_signed(host, "one.test", days);
        KITH_CHECK(pair);
        write("data/cert.pem", pair->certificate);
        write("data/key.pem", pair->key);
    }
    /// Every file and what is in it.
    std::map<std::string, std::string> snapshot() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
            if (entry.is_regular_file()) {
                const std::string name = std::filesystem::relative(entry.path(), path_);
                files[name] = read(name);
            }
        return files;
    }

  private:
    static std::string name() {
        SystemRandom random;
        return "kith-server-" + hex(random.array<8>());
    }
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / name();
};

}  // namespace kith::testing
