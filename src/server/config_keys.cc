#include <fmt/format.h>

#include <utility>

#include "server/config_checks.h"
#include "server/config_key.h"

namespace kith {
namespace {

std::vector<ConfigKey> site_keys() {
    return {
        restart(required(text_key(
            "",
            "domain",
            "The mail domain: people are NAME@domain.",
            [](Config& c) { return &c.domain; },
            config_checks::domain_name))),
        restart(required(text_key(
            "",
            "host",
            "This server's name, as in the _kith DNS record; the TLS certificate is for it.",
            [](Config& c) { return &c.host; },
            config_checks::domain_name))),
        restart(text_key(
            "",
            "data_dir",
            "Where everything is kept: keys, store, admin socket.",
            [](Config& c) { return &c.data_dir; },
            config_checks::not_empty)),
        restart(text_key(
            "listen",
            "https",
            "Addresses and ports to listen on.",
            [](Config& c) { return &c.listen.https; },
            config_checks::ip_and_port)),
        restart(number_key("listen",
                           "public_port",
                           {1, 65'535},
                           "The port others reach us at (in the _kith record).",
                           [](Config& c) { return &c.listen.public_port; })),
        restart(number_key(
            "listen",
            "threads",
            {0, 256},
            "I/O threads, and as many of lower priority for networks not heard from; 0: one "
            "for each core.",
            [](Config& c) { return &c.listen.threads; })),
        required(text_key(
            "tls",
            "certificate",
            "PEM file with the certificate and its chain; read again on reload.",
            [](Config& c) { return &c.tls.certificate; },
            config_checks::not_empty)),
        required(text_key(
            "tls",
            "key",
            "PEM file with the certificate's private key.",
            [](Config& c) { return &c.tls.key; },
            config_checks::not_empty)),
        restart(text_key(
            "tls",
            "extra_ca",
            "PEM file of authorities trusted besides the system's when calling other servers.",
            [](Config& c) { return &c.tls.extra_ca; })),
    };
}

std::vector<ConfigKey> directory_keys() {
    return {
        number_key("directory",
                   "checkpoint_interval",
                   {0, 86'400},
                   "Seconds from one checkpoint of the directory log to the next, at least; a new "
                   "card waits for one.",
                   [](Config& c) { return &c.directory.checkpoint_interval; }),
        restart(text_key(
            "directory",
            "witnesses",
            "Domains whose servers are asked to cosign the checkpoints.",
            [](Config& c) { return &c.directory.witnesses; },
            config_checks::domain_name)),
        restart(text_key("directory",
                         "policy",
                         "A C2SP tlog-policy file: the witnesses that other domains' checkpoints "
                         "must have; empty: none.",
                         [](Config& c) { return &c.directory.policy; })),
    };
}

std::vector<ConfigKey> log_keys() {
    return {
        text_key(
            "log",
            "level",
            "trace, debug, info, warn or error.",
            [](Config& c) { return &c.log.level; },
            config_checks::log_level),
        text_key("log",
                 "file",
                 "A file, opened again on reload; empty: standard error (the journal).",
                 [](Config& c) { return &c.log.file; }),
        text_key(
            "metrics",
            "allow",
            "Addresses that may read https://HOST/metrics.",
            [](Config& c) { return &c.metrics.allow; },
            config_checks::ip_address),
    };
}

}  // namespace

std::string ConfigKey::full_name() const {
    return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

ConfigKey text_key(std::string_view section,
                   std::string_view name,
                   std::string_view meaning,
                   std::function<ConfigKey::Slot(Config&)> slot,
                   ConfigKey::Check check) {
    return {.section = section,
            .name = name,
            .range = {},
            .meaning = meaning,
            .slot = std::move(slot),
            .check = check};
}

ConfigKey number_key(std::string_view section,
                     std::string_view name,
                     ConfigKey::Range range,
                     std::string_view meaning,
                     std::function<ConfigKey::Slot(Config&)> slot) {
    return {.section = section,
            .name = name,
            .range = range,
            .meaning = meaning,
            .slot = std::move(slot)};
}

ConfigKey required(ConfigKey key) {
    key.need = ConfigKey::Need::required;
    return key;
}

ConfigKey restart(ConfigKey key) {
    key.taken = ConfigKey::Taken::on_restart;
    return key;
}

const std::vector<ConfigKey>& config_keys() {
    static const std::vector<ConfigKey> table = [] {
        std::vector<ConfigKey> all;
        for (auto make :
             {site_keys, network_keys, smtp_keys, limit_keys, load_keys, directory_keys, log_keys})
            for (ConfigKey& key : make())
                all.push_back(std::move(key));
        return all;
    }();
    return table;
}

}  // namespace kith
