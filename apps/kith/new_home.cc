#include "kith/new_home.h"

#include <unistd.h>

#include <array>

#include "base/text.h"
#include "crypto/secret.h"
#include "kith/exit_code.h"
#include "kith/files.h"
#include "kith/passphrase.h"
#include "kith/server_link.h"

namespace kith {
namespace {

std::string machine_name() {
    std::array<char, 256> host{};
    std::string name;
    if (::gethostname(host.data(), host.size() - 1) == 0)
        for (const char c : to_lower(std::string_view(host.data()).substr(0, 32))) {
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
                break;
            name += c;
        }
    return name.empty() ? "device" : name;
}

Result<HomeConfig> read_wish(const HomeWish& wish) {
    HomeConfig config = config_of_environment();
    const auto address = Address::parse(wish.address);
    if (!address)
        return usage_error("'" + wish.address + "' is no address: write it like alice@one.test");
    config.address = *address;
    config.device = wish.device.empty() ? machine_name() : wish.device;
    if (!parse_device_name(config.device))
        return usage_error("--device: 1 to 32 characters of a-z 0-9 and -");
    if (!wish.ca.empty())
        config.ca = std::filesystem::absolute(wish.ca);
    if (!wish.server.empty())
        TRY(read_server_option(wish.server, config));
    return config;
}

Result<std::optional<std::string>> read_passphrase(const HomeWish& wish) {
    if (!wish.passphrase_file.empty())
        return std::optional(TRY(passphrase_of_file(wish.passphrase_file)));
    if (wish.passphrase == HomeWish::Passphrase::ask)
        return std::optional(TRY(ask_new_passphrase()));
    return std::optional<std::string>();
}

}  // namespace

// The key is on disk before the server hears of it.
Result<std::unique_ptr<NewHome>> NewHome::begin(const std::filesystem::path& folder,
                                                const HomeWish& wish) {
    HomeConfig config = TRY(read_wish(wish));
    Home home = TRY(Home::prepare(folder));
    auto passphrase = TRY(read_passphrase(wish));
    const auto path = home.file("device.key");
    const auto ask = [&passphrase]() -> Result<std::string> {
        return passphrase ? Result<std::string>(*passphrase) : ask_passphrase();
    };
    auto text = read_key_file(path, ask);
    if (!text && text.error().kind != ErrorKind::not_found)
        return text.error();
    const bool resumed = text.has_value();
    SystemRandom random;
    auto keys = resumed ? TRY(parse_device_keys(*text)) : DeviceKeys::generate(random);
    if (resumed) {
        wipe(*text);
    } else {
        std::string fresh = write_device_keys(keys, config.address.text() + "/" + config.device);
        auto written = write_key_file(path, fresh, passphrase, random);
        wipe(fresh);
        TRY(std::move(written));
    }
    if (passphrase)
        wipe(*passphrase);
    std::unique_ptr<NewHome> made(new NewHome(std::move(home), std::move(config), std::move(keys)));
    made->resumed_ = resumed;
    made->network_ = std::make_unique<Network>(made->config_);
    made->origin_ = TRY(find_server(*made->network_, made->config_));
    return made;
}

Result<void> NewHome::try_login() {
    TRY(home_.complete(config_));
    ServerLink server(home_, *network_, keys_);
    const auto logged_in = server.identity();
    if (logged_in)
        return {};
    TRY(remove_file(home_.file("config.toml")));
    return logged_in.error();
}

}  // namespace kith
