// A home in the making: what init and recover share. config.toml is written last, so that one that
// was broken off is none, and its keys are taken by the next attempt.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kith/discovery.h"
#include "kith/home.h"
#include "kith/keys.h"

namespace kith {

/// What the person says of the home to be.
struct HomeWish {
    std::string address;
    std::string device;  ///< empty: the machine's name
    std::string server;  ///< HOST:PORT; empty: by DNS
    std::string ca;
    std::string passphrase_file;  ///< empty: see passphrase
    enum class Passphrase { none, ask } passphrase = Passphrase::none;
};

class NewHome {
  public:
    /// Prepares the folder, makes the keys or takes those that are there, finds the server.
    /// Errors: usage, conflict (it is a home already), denied, io; as find_server.
    static Result<std::unique_ptr<NewHome>> begin(const std::filesystem::path& folder,
                                                  const HomeWish& wish);

    NewHome(const NewHome&) = delete;
    NewHome& operator=(const NewHome&) = delete;

    Home& home() { return home_; }
    HomeConfig& config() { return config_; }
    const HomeConfig& config() const { return config_; }
    const DeviceKeys& keys() const { return keys_; }
    Network& network() { return *network_; }
    const HttpOrigin& origin() const { return origin_; }
    Random& random() { return random_; }
    /// An earlier attempt left the keys: the server may know them.
    bool resumed() const { return resumed_; }
    std::string label() const { return config_.address.text() + "/" + config_.device; }
    Result<void> complete() { return home_.complete(config_); }
    /// Can these keys log in? Leaves no home behind when not. Errors: denied; the server's.
    Result<void> try_login();

  private:
    NewHome(Home home, HomeConfig config, DeviceKeys keys)
        : home_(std::move(home)), config_(std::move(config)), keys_(std::move(keys)) {}

    Home home_;
    HomeConfig config_;
    DeviceKeys keys_;
    bool resumed_ = false;
    std::unique_ptr<Network> network_;
    HttpOrigin origin_;
    SystemRandom random_;
};

}  // namespace kith
