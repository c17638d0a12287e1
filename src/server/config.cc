#include "server/config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <variant>

#include "base/text.h"
#include "net/address.h"
#include "note/address.h"

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <toml++/toml.h>

namespace kith {
namespace {

using Slot = std::variant<std::string*, std::uint64_t*, bool*, Seconds*, std::vector<std::string>*>;

enum class Need { required, optional };
/// When a changed value counts.
enum class Taken { on_reload, on_restart };
/// What is wrong with a text, or with one of a list; empty: nothing.
using Check = std::string (*)(const std::string&);

struct Key {
    std::string_view section;
    std::string_view name;
    Need need;
    std::uint64_t least;
    std::uint64_t most;
    std::string_view meaning;
    std::function<Slot(Config&)> slot;
    Taken taken = Taken::on_reload;
    Check check = nullptr;
};

Key text_key(std::string_view section,
             std::string_view name,
             std::string_view meaning,
             std::function<Slot(Config&)> slot,
             Need need = Need::optional) {
    return {section, name, need, 0, 0, meaning, std::move(slot)};
}

Key checked(Key key, Check check) {
    key.check = check;
    return key;
}

Key restart(Key key) {
    key.taken = Taken::on_restart;
    return key;
}

// --- what texts must look like

std::string domain_name(const std::string& text) {
    return normal_domain(text) ? "" : "must be a domain name";
}

std::string not_empty(const std::string& text) {
    return text.empty() ? "must not be empty" : "";
}

std::string ip_and_port(const std::string& text) {
    return parse_endpoint(text) ? "" : "must be IP:PORT, e.g. \"0.0.0.0:443\" or \"[::]:443\"";
}

bool is_ip(const std::string& text) {
    boost::system::error_code bad;
    (void)boost::asio::ip::make_address(text, bad);
    return !bad;
}

std::string ip_address(const std::string& text) {
    return is_ip(text) ? "" : "must be an IP address";
}

bool is_dns_server(const std::string& text) {
    const std::size_t at = text.find('@');
    return is_ip(text.substr(0, at)) &&
           (at == std::string::npos || parse_decimal(text.substr(at + 1), 65'535));
}

std::string dns_server(const std::string& text) {
    return is_dns_server(text) ? "" : "must be IP or IP@PORT";
}

std::string zone_and_server(const std::string& text) {
    const auto words = split(text, ' ');
    return words.size() == 2 && is_dns_server(std::string(words[1])) ? ""
                                                                     : "must be \"ZONE IP@PORT\"";
}

std::string federation_mode(const std::string& text) {
    return text == "testing" || text == "enforce" ? "" : "must be \"testing\" or \"enforce\"";
}

std::string log_level(const std::string& text) {
    for (const std::string_view level : {"trace", "debug", "info", "warn", "error"})
        if (text == level)
            return "";
    return "must be trace, debug, info, warn or error";
}

// The table: one row a key, in the order of the file.
const std::vector<Key>& keys() {
    constexpr std::uint64_t kMiB = 1ULL << 20;
    constexpr std::uint64_t kDay = 86'400;
    static const std::vector<Key> table = {
        restart(checked(text_key(
                            "",
                            "domain",
                            "The mail domain: people are NAME@domain.",
                            [](Config& c) { return &c.domain; },
                            Need::required),
                        domain_name)),
        restart(checked(
            text_key(
                "",
                "host",
                "This server's name, as in the _kith DNS record; the TLS certificate is for it.",
                [](Config& c) { return &c.host; },
                Need::required),
            domain_name)),
        restart(checked(text_key("",
                                 "data_dir",
                                 "Where everything is kept: keys, store, admin socket.",
                                 [](Config& c) { return &c.data_dir; }),
                        not_empty)),
        restart(checked(text_key("listen",
                                 "https",
                                 "Addresses and ports to listen on.",
                                 [](Config& c) { return &c.listen.https; }),
                        ip_and_port)),
        restart(Key{"listen",
                    "public_port",
                    Need::optional,
                    1,
                    65'535,
                    "The port others reach us at (in the _kith record).",
                    [](Config& c) { return &c.listen.public_port; }}),
        restart(Key{"listen",
                    "threads",
                    Need::optional,
                    0,
                    256,
                    "I/O threads; 0: one for each core.",
                    [](Config& c) { return &c.listen.threads; }}),
        checked(text_key(
                    "tls",
                    "certificate",
                    "PEM file with the certificate and its chain; read again on reload.",
                    [](Config& c) { return &c.tls.certificate; },
                    Need::required),
                not_empty),
        checked(text_key(
                    "tls",
                    "key",
                    "PEM file with the certificate's private key.",
                    [](Config& c) { return &c.tls.key; },
                    Need::required),
                not_empty),
        restart(text_key(
            "tls",
            "extra_ca",
            "PEM file of authorities trusted besides the system's when calling other servers.",
            [](Config& c) { return &c.tls.extra_ca; })),
        restart(checked(text_key("federation",
                                 "mode",
                                 "\"testing\", or \"enforce\": others then refuse unsigned mail in "
                                 "this domain's name.",
                                 [](Config& c) { return &c.federation.mode; }),
                        federation_mode)),
        restart(text_key(
            "federation",
            "allow_private_addresses",
            "Whether other servers may be at loopback and private addresses (test networks).",
            [](Config& c) { return &c.federation.allow_private_addresses; })),
        {"federation",
         "connections_per_domain",
         Need::optional,
         1,
         64,
         "Connections to one other domain.",
         [](Config& c) { return &c.federation.connections_per_domain; }},
        {"federation",
         "deliveries_in_flight",
         Need::optional,
         1,
         10'000,
         "Outgoing deliveries under way at once, to all domains together.",
         [](Config& c) { return &c.federation.deliveries_in_flight; }},
        {"federation",
         "deliveries_per_domain_hour",
         Need::optional,
         1,
         1'000'000'000,
         "Deliveries taken from one domain in an hour; more are answered 429.",
         [](Config& c) { return &c.federation.deliveries_per_domain_hour; }},
        {"federation",
         "request_timeout",
         Need::optional,
         1,
         3'600,
         "Seconds that one call to another server may take.",
         [](Config& c) { return &c.federation.request_timeout; }},
        restart(
            checked(text_key("resolver",
                             "forward",
                             "Resolvers to ask (IP or IP@PORT); empty: those of /etc/resolv.conf.",
                             [](Config& c) { return &c.resolver.forward; }),
                    dns_server)),
        restart(
            checked(text_key("resolver",
                             "stub_zones",
                             "Zones with a server of their own, \"ZONE IP@PORT\" (test networks).",
                             [](Config& c) { return &c.resolver.stub_zones; }),
                    zone_and_server)),
        restart(text_key("resolver",
                         "trust_anchors",
                         "Files with DS or DNSKEY records trusted besides the root's.",
                         [](Config& c) { return &c.resolver.trust_anchors; })),
        text_key("resolver",
                 "require_dnssec",
                 "Whether domains without DNSSEC are refused.",
                 [](Config& c) { return &c.resolver.require_dnssec; }),
        {"strangers",
         "effort",
         Need::optional,
         1,
         1ULL << 40,
         "The price of a stranger's first message: hashes tried on average.",
         [](Config& c) { return &c.strangers.effort; }},
        {"strangers",
         "requests_a_day",
         Need::optional,
         0,
         1'000'000,
         "Strangers' messages held for one account in a day; more are answered 429.",
         [](Config& c) { return &c.strangers.requests_a_day; }},
        {"strangers",
         "keep_requests",
         Need::optional,
         3'600,
         60 * kDay,
         "Seconds until a request that nobody accepted expires.",
         [](Config& c) { return &c.strangers.keep_requests; }},
        {"limits",
         "blob_octets",
         Need::optional,
         kMiB,
         1'024 * kMiB,
         "The largest message body.",
         [](Config& c) { return &c.limits.blob_octets; }},
        {"limits",
         "quota_octets",
         Need::optional,
         kMiB,
         1ULL << 50,
         "Space for one account.",
         [](Config& c) { return &c.limits.quota_octets; }},
        {"limits",
         "recipients_a_day",
         Need::optional,
         1,
         10'000'000,
         "Recipients one account may write to in a day.",
         [](Config& c) { return &c.limits.recipients_a_day; }},
        {"limits",
         "recipients_a_message",
         Need::optional,
         1,
         500,
         "Recipients of one message.",
         [](Config& c) { return &c.limits.recipients_a_message; }},
        {"limits",
         "connections",
         Need::optional,
         16,
         1'000'000,
         "Connections at once.",
         [](Config& c) { return &c.limits.connections; }},
        {"limits",
         "connections_a_prefix",
         Need::optional,
         1,
         1'000'000,
         "Connections at once from one IPv4 address or IPv6 /56.",
         [](Config& c) { return &c.limits.connections_a_prefix; }},
        {"limits",
         "requests_a_prefix_minute",
         Need::optional,
         1,
         100'000'000,
         "Calls without login a minute from one IPv4 address or IPv6 /56.",
         [](Config& c) { return &c.limits.requests_a_prefix_minute; }},
        {"limits",
         "unflushed_octets",
         Need::optional,
         kMiB,
         1ULL << 40,
         "Message bodies waiting for the disk at once; beyond that the answer is 503.",
         [](Config& c) { return &c.limits.unflushed_octets; }},
        {"limits",
         "min_free_octets",
         Need::optional,
         0,
         1ULL << 50,
         "Free space below which no mail is taken.",
         [](Config& c) { return &c.limits.min_free_octets; }},
        {"limits",
         "queue_lifetime",
         Need::optional,
         60,
         60 * kDay,
         "Seconds that outgoing mail is tried before it fails.",
         [](Config& c) { return &c.limits.queue_lifetime; }},
        checked(text_key("log",
                         "level",
                         "trace, debug, info, warn or error.",
                         [](Config& c) { return &c.log.level; }),
                log_level),
        text_key("log",
                 "file",
                 "A file, opened again on reload; empty: standard error (the journal).",
                 [](Config& c) { return &c.log.file; }),
        checked(text_key("metrics",
                         "allow",
                         "Addresses that may read https://HOST/metrics.",
                         [](Config& c) { return &c.metrics.allow; }),
                ip_address),
    };
    return table;
}

std::string full_name(const Key& key) {
    return key.section.empty() ? std::string(key.name)
                               : fmt::format("{}.{}", key.section, key.name);
}

Error wrong(std::string_view file, const toml::node& at, const Key& key, std::string_view what) {
    return fail(ErrorKind::malformed,
                fmt::format("{}:{}", file, at.source().begin.line),
                fmt::format("{} {}", full_name(key), what));
}

Result<void> set_number(const Key& key, const toml::node& node, std::string_view file, auto&& set) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0)
        return wrong(file, node, key, "must be a whole number");
    const auto number = static_cast<std::uint64_t>(*value);
    if (number < key.least || number > key.most)
        return wrong(file, node, key, fmt::format("must be {} to {}", key.least, key.most));
    set(number);
    return {};
}

struct Setter {
    const Key& key;
    const toml::node& node;
    std::string_view file;

    Result<void> operator()(std::string* slot) const {
        const auto value = node.value_exact<std::string>();
        if (!value)
            return wrong(file, node, key, "must be a text in quotes");
        if (std::string why = complaint(*value); !why.empty())
            return wrong(file, node, key, why);
        *slot = *value;
        return {};
    }
    Result<void> operator()(bool* slot) const {
        const auto value = node.value_exact<bool>();
        if (!value)
            return wrong(file, node, key, "must be true or false");
        *slot = *value;
        return {};
    }
    Result<void> operator()(std::uint64_t* slot) const {
        return set_number(key, node, file, [&](std::uint64_t number) { *slot = number; });
    }
    Result<void> operator()(Seconds* slot) const {
        return set_number(key, node, file, [&](std::uint64_t number) { *slot = Seconds(number); });
    }
    Result<void> operator()(std::vector<std::string>* slot) const {
        const toml::array* list = node.as_array();
        if (list == nullptr)
            return wrong(file, node, key, "must be a list of texts");
        slot->clear();
        for (const toml::node& item : *list) {
            const auto value = item.value_exact<std::string>();
            if (!value)
                return wrong(file, item, key, "must be a list of texts");
            if (std::string why = complaint(*value); !why.empty())
                return wrong(file, item, key, why);
            slot->push_back(*value);
        }
        return {};
    }

    std::string complaint(const std::string& value) const {
        return key.check == nullptr ? std::string() : key.check(value);
    }
};

Result<void> refuse_unknown_keys(const toml::table& tree, std::string_view file) {
    const auto known = [](std::string_view section, std::string_view name) {
        for (const Key& key : keys())
            if (key.section == section && key.name == name)
                return true;
        return false;
    };
    const auto is_section = [](std::string_view name) {
        for (const Key& key : keys())
            if (key.section == name)
                return true;
        return false;
    };
    const auto unknown = [&](std::string_view name, const toml::node& at) {
        return fail(ErrorKind::malformed,
                    fmt::format("{}:{}", file, at.source().begin.line),
                    fmt::format("unknown key {}", name));
    };
    for (const auto& [name, node] : tree) {
        const toml::table* section = node.as_table();
        if (section == nullptr ? !known("", name.str()) : !is_section(name.str()))
            return unknown(name.str(), node);
        if (section == nullptr)
            continue;
        for (const auto& [inner, value] : *section)
            if (!known(name.str(), inner.str()))
                return unknown(fmt::format("{}.{}", name.str(), inner.str()), value);
    }
    return {};
}

Result<Config> read_tree(const toml::table& tree, std::string_view file) {
    TRY(refuse_unknown_keys(tree, file));
    Config config;
    for (const Key& key : keys()) {
        const toml::table* section = key.section.empty() ? &tree : tree[key.section].as_table();
        const toml::node* node = section == nullptr ? nullptr : section->get(key.name);
        if (node != nullptr)
            TRY(std::visit(Setter{key, *node, file}, key.slot(config)));
        else if (key.need == Need::required)
            return fail(ErrorKind::malformed, std::string(file), full_name(key) + " is missing");
    }
    if (config.listen.https.empty())
        return fail(ErrorKind::malformed, std::string(file), "listen.https must not be empty");
    config.domain = TRY(normal_domain(config.domain));
    config.host = TRY(normal_domain(config.host));
    return config;
}

std::string toml_text(std::string_view text) {
    std::ostringstream out;
    out << toml::value<std::string>(std::string(text));
    return out.str();
}

struct Writer {
    std::string operator()(const std::string* slot) const { return toml_text(*slot); }
    std::string operator()(const bool* slot) const { return *slot ? "true" : "false"; }
    std::string operator()(const std::uint64_t* slot) const { return std::to_string(*slot); }
    std::string operator()(const Seconds* slot) const { return std::to_string(slot->count()); }
    std::string operator()(const std::vector<std::string>* slot) const {
        std::string out = "[";
        for (const std::string& item : *slot)
            out += (out.size() > 1 ? ", " : "") + toml_text(item);
        return out + "]";
    }
};

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file_name) {
    if (text.size() > (1U << 20))
        return fail(ErrorKind::limit, std::string(file_name), "larger than 1 MiB");
    try {
        const toml::table tree = toml::parse(text, file_name);
        return read_tree(tree, file_name);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::malformed,
                    fmt::format("{}:{}", file_name, error.source().begin.line),
                    std::string(error.description()));
    }
}

Result<Config> load_config(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(
            ErrorKind::io,
            file.string(),
            "cannot be read; name the file with --config, or run `kithd quickstart DOMAIN`");
    std::ostringstream text;
    text << in.rdbuf();
    Config config = TRY(parse_config(text.str(), file.string()));
    config.file = std::filesystem::absolute(file);
    return config;
}

ConfigChanges compare(const Config& before, const Config& after) {
    Config left = before;
    Config right = after;
    ConfigChanges changes;
    for (const Key& key : keys()) {
        if (std::visit(Writer{}, key.slot(left)) == std::visit(Writer{}, key.slot(right)))
            continue;
        auto& list = key.taken == Taken::on_reload ? changes.taken : changes.need_restart;
        list.push_back(full_name(key));
    }
    return changes;
}

Config with_changes_taken(const Config& running, const Config& after) {
    Config left = running;
    Config right = after;
    for (const Key& key : keys())
        if (key.taken == Taken::on_reload)
            std::visit(
                [](auto* to, auto* from) {
                    if constexpr (std::is_same_v<decltype(to), decltype(from)>)
                        *to = *from;
                },
                key.slot(left),
                key.slot(right));
    return left;
}

std::string write_config(const Config& config) {
    Config copy = config;
    std::string out =
        "# Kith server. Every key is here, with its value. After a change: kithd reload (or\n"
        "# systemctl reload kithd); it says which of the changed keys want a restart instead.\n";
    std::string_view section;
    for (const Key& key : keys()) {
        if (key.section != section)
            out += fmt::format("\n[{}]", key.section);
        section = key.section;
        out += fmt::format("\n# {}", key.meaning);
        if (key.most != 0)
            out += fmt::format(" ({} to {})", key.least, key.most);
        if (key.taken == Taken::on_restart)
            out += " Changed: restart.";
        out += fmt::format("\n{} = {}\n", key.name, std::visit(Writer{}, key.slot(copy)));
    }
    return out;
}

}  // namespace kith
