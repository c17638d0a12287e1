#include "kith/home.h"

#include <toml++/toml.h>
#include <cstdlib>
#include <sstream>

#include "kith/files.h"

namespace kith {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? std::string() : std::string(value);
}

std::filesystem::path absolute(const std::string& path) {
    if (path.empty())
        return {};
    std::error_code error;
    auto whole = std::filesystem::absolute(path, error);
    return error ? std::filesystem::path(path) : whole;
}

Error bad_key(std::string_view name, const std::string& why) {
    return fail(ErrorKind::malformed, "config.toml", std::string(name) + " " + why);
}

Result<HomeConfig> read_table(const toml::table& table) {
    const auto text = [&](std::string_view section, std::string_view name) {
        const auto node = section.empty() ? table[name] : table[section][name];
        return node.value_or(std::string());
    };
    HomeConfig config;
    const auto address = Address::parse_normal(text("", "address"));
    if (!address)
        return bad_key("address", "is missing or no address");
    config.address = *address;
    config.device = text("", "device");
    if (!parse_device_name(config.device))
        return bad_key("device", "is missing or no device name");
    config.server_host = text("server", "host");
    const auto port = table["server"]["port"].value_or(std::int64_t{0});
    if (port < 0 || port > 65'535)
        return bad_key("server.port", "is no port");
    if (!config.server_host.empty())  // alone it says nothing
        config.server_port = static_cast<std::uint16_t>(port);
    config.ca = text("server", "ca");
    config.resolver = text("resolver", "address");
    config.trust_anchor = text("resolver", "trust_anchor");
    return config;
}

}  // namespace

Result<HomeConfig> parse_home_config(std::string_view text) {
    try {
        return read_table(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::malformed,
                    "config.toml",
                    std::string(error.description()) + " (line " +
                        std::to_string(error.source().begin.line) + ")");
    }
}

std::string write_home_config(const HomeConfig& config) {
    toml::table server;
    if (!config.server_host.empty()) {
        server.insert("host", config.server_host);
        server.insert("port", std::int64_t{config.server_port});
    }
    if (!config.ca.empty())
        server.insert("ca", config.ca.string());
    toml::table resolver;
    if (!config.resolver.empty())
        resolver.insert("address", config.resolver);
    if (!config.trust_anchor.empty())
        resolver.insert("trust_anchor", config.trust_anchor.string());
    toml::table table;
    table.insert("address", config.address.text());
    table.insert("device", config.device);
    if (!server.empty())
        table.insert("server", std::move(server));
    if (!resolver.empty())
        table.insert("resolver", std::move(resolver));
    std::ostringstream out;
    out << table << "\n";
    return out.str();
}

std::filesystem::path default_home() {
    if (const auto home = environment("KITH_HOME"); !home.empty())
        return absolute(home);
    if (const auto config = environment("XDG_CONFIG_HOME"); !config.empty())
        return absolute(config) / "kith";
    return absolute(environment("HOME")) / ".config" / "kith";
}

HomeConfig config_of_environment() {
    HomeConfig config;
    config.ca = absolute(environment("KITH_CA"));
    config.resolver = environment("KITH_RESOLVER");
    config.trust_anchor = absolute(environment("KITH_TRUST_ANCHOR"));
    return config;
}

Result<Home> Home::open(const std::filesystem::path& folder) {
    const auto text = read_private_file(folder / "config.toml");
    if (!text && text.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found,
                    folder.string(),
                    "is no kith home: run `kith init ADDRESS --invite CODE`, or set KITH_HOME");
    if (!text)
        return text.error();
    TRY(make_private_folder(folder));
    return Home(folder, TRY(parse_home_config(*text)));
}

Result<Home> Home::prepare(const std::filesystem::path& folder) {
    std::error_code error;
    if (std::filesystem::exists(folder / "config.toml", error))
        return fail(ErrorKind::conflict,
                    folder.string(),
                    "is a kith home already: set KITH_HOME to another folder");
    TRY(make_private_folder(folder));
    return Home(folder, {});
}

Result<void> Home::complete(const HomeConfig& config) {
    TRY(write_private_file(file("config.toml"), write_home_config(config)));
    config_ = config;
    return {};
}

Result<std::filesystem::path> Home::subfolder(std::string_view name) const {
    auto path = file(name);
    TRY(make_private_folder(path));
    return path;
}

}  // namespace kith
