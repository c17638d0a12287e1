#include "kith/discovery.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "kith/exit_code.h"
#include "kith/files.h"
#include "kith/json_access.h"

namespace kith {
namespace {

constexpr std::uint16_t kHttps = 443;
constexpr Seconds kLeastLife{60};
constexpr Seconds kMostLife{86'400};

struct Found {
    HttpOrigin origin;
    Seconds ttl = kLeastLife;
};

Error no_server(const std::string& domain) {
    return fail(ErrorKind::not_found,
                domain,
                "has no Kith server: check the address, or name it with --server HOST:PORT");
}

Error dns_failed(const std::string& name, const Error& error) {
    if (error.kind == ErrorKind::untrusted)
        return fail(error.kind, name, "the DNS answer is forged or broken: " + error.detail);
    return fail(error.kind, name, "DNS does not answer: " + error.detail);
}

Result<Found> connect_to(Network& network,
                         const std::string& host,
                         std::uint16_t port,
                         Seconds ttl) {
    auto addresses = network.addresses(host);
    if (!addresses && addresses.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, host, "has no address in DNS");
    if (!addresses)
        return dns_failed(host, addresses.error());
    return Found{{.host = host, .port = port, .addresses = addresses->addresses},
                 std::min(ttl, addresses->ttl)};
}

Result<Found> ask_well_known(Network& network, const std::string& domain) {
    const auto page = connect_to(network, "kith." + domain, kHttps, kMostLife);
    if (!page)
        return no_server(domain);
    HttpCall call;
    call.path = "/.well-known/kith";
    call.repeat = Repeat::allowed;
    call.reply_limit = kMaxKithRecord;
    const auto reply = network.request(page->origin, std::move(call));
    if (!reply || reply->status != 200)
        return no_server(domain);
    const KithRecord record = TRY(parse_kith_page(as_text(reply->body)));
    return connect_to(network, record.host, record.port, kLeastLife);
}

Result<Found> discover(Network& network, const std::string& domain) {
    const auto texts = network.txt("_kith." + domain);
    if (!texts && texts.error().kind != ErrorKind::not_found)
        return dns_failed(domain, texts.error());
    if (!texts)
        return ask_well_known(network, domain);
    const auto record = pick_kith_record(texts->texts);
    if (!record && record.error().kind == ErrorKind::not_found)
        return ask_well_known(network, domain);
    if (!record)
        return Error(record.error());
    return connect_to(network, record->host, record->port, texts->ttl);
}

Result<Found> find(Network& network, const HomeConfig& config) {
    if (config.server_host.empty())
        return discover(network, config.address.domain());
    const std::uint16_t port = config.server_port == 0 ? kHttps : config.server_port;
    return connect_to(network, config.server_host, port, kMostLife);
}

std::int64_t now() {
    return SystemClock().now().time_since_epoch().count();
}

std::optional<HttpOrigin> read_cache(const Home& home) {
    const auto text = read_private_file(home.file("server.json"));
    const auto object = text ? parse_json_object(*text) : Result<json::object>(json::object());
    if (!object || number_at(*object, "expires") < now())
        return std::nullopt;
    HttpOrigin origin;
    origin.host = text_at(*object, "host");
    origin.port = static_cast<std::uint16_t>(number_at(*object, "port"));
    for (const std::string& address : texts_at(*object, "addresses")) {
        boost::system::error_code error;
        const auto parsed = boost::asio::ip::make_address(address, error);
        if (!error)
            origin.addresses.push_back(parsed);
    }
    if (origin.host.empty() || origin.addresses.empty())
        return std::nullopt;
    return origin;
}

// A cache that cannot be written costs a look-up next time.
void write_cache(const Home& home, const Found& found) {
    json::array addresses;
    for (const auto& address : found.origin.addresses)
        addresses.emplace_back(address.to_string());
    const json::object object{
        {"host", found.origin.host},
        {"port", found.origin.port},
        {"addresses", addresses},
        {"expires", now() + std::clamp(found.ttl, kLeastLife, kMostLife).count()}};
    [[maybe_unused]] const auto written =
        write_private_file(home.file("server.json"), json::serialize(object));
}

}  // namespace

Result<KithRecord> parse_kith_page(std::string_view page) {
    if (page.ends_with('\n'))
        page.remove_suffix(1);
    return parse_kith_record(page);
}

Result<HttpOrigin> find_server(Network& network, const HomeConfig& config) {
    return TRY(find(network, config)).origin;
}

Result<HttpOrigin> server_of(const Home& home, Network& network, Freshness freshness) {
    if (freshness == Freshness::cached)
        if (auto cached = read_cache(home))
            return *std::move(cached);
    const Found found = TRY(find(network, home.config()));
    write_cache(home, found);
    return found.origin;
}

Result<void> read_server_option(std::string_view text, HomeConfig& config) {
    const auto colon = text.rfind(':');
    const bool has_port = colon != std::string_view::npos;
    const auto host = normal_domain(text.substr(0, colon));
    if (!host)
        return usage_error("--server: write HOST or HOST:PORT, HOST as in its certificate");
    config.server_host = *host;
    config.server_port = kHttps;
    if (has_port) {
        const auto port = parse_decimal(text.substr(colon + 1), 65'535);
        if (!port || *port == 0)
            return usage_error("--server: the port is a number from 1 to 65535");
        config.server_port = static_cast<std::uint16_t>(*port);
    }
    return {};
}

}  // namespace kith
