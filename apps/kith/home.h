// A person's home: the folder that holds what makes this device theirs (kith(1), FILES).
//
//   config.toml   who, which device, where the server is
//   device.key    signing key and age identity, perhaps under a passphrase
//   pins.json     whom this person pinned, kept here so that no server can lie about it
//   cards/        chains seen last, for writing while a domain is away
//   outbox/       messages that could not be handed to the server yet
//   pending/      stubs of messages that are not final yet: a stamp is computed over one
//   list/         of a mailing list: settings, members, posts (list_home.h)
//   session.json, server.json, rekey.json: may be deleted at any time
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "note/address.h"

namespace kith {

struct HomeConfig {
    Address address;
    std::string device;
    std::string server_host;        ///< empty: found by DNS
    std::uint16_t server_port = 0;  ///< with server_host
    std::filesystem::path ca;       ///< further certificate authorities (PEM); may be empty
    std::string resolver;           ///< IP@PORT that answers for everything; empty: the system's
    std::filesystem::path trust_anchor;  ///< DNSSEC; empty: the root's

    friend bool operator==(const HomeConfig&, const HomeConfig&) = default;
};

/// Errors: malformed (the detail names the key).
Result<HomeConfig> parse_home_config(std::string_view text);
std::string write_home_config(const HomeConfig& config);

/// KITH_HOME, or kith in XDG_CONFIG_HOME, or ~/.config/kith.
std::filesystem::path default_home();
/// What the environment says of a first command: KITH_CA, KITH_RESOLVER, KITH_TRUST_ANCHOR.
HomeConfig config_of_environment();

/// An existing home. A value; copies mean the same folder.
class Home {
  public:
    /// Errors: not_found (no home), denied (others may read it), malformed, io.
    static Result<Home> open(const std::filesystem::path& folder);
    /// The folder of a home to be: made, nothing in it yet. Errors: conflict (is one already),
    /// denied, io.
    static Result<Home> prepare(const std::filesystem::path& folder);
    /// Writes config.toml, the last step of making a home. Errors: io.
    Result<void> complete(const HomeConfig& config);

    const HomeConfig& config() const { return config_; }
    const Address& address() const { return config_.address; }
    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path file(std::string_view name) const { return folder_ / name; }
    /// A folder within, made if need be. Errors: io, denied.
    Result<std::filesystem::path> subfolder(std::string_view name) const;

  private:
    Home(std::filesystem::path folder, HomeConfig config)
        : folder_(std::move(folder)), config_(std::move(config)) {}

    std::filesystem::path folder_;
    HomeConfig config_;
};

}  // namespace kith
