// The server's configuration: one TOML file, every key in one table (config_key.h), from which both
// the reader and the documented file that quickstart writes are made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "trust/price_control.h"

namespace kith {

inline constexpr const char* kDefaultConfig = "/etc/kith/kithd.toml";

struct Config {
    std::string domain;
    std::string host;  ///< the name in the `_kith` record; TLS certificates are checked for it
    std::string data_dir = "/var/lib/kith";

    struct Listen {
        std::vector<std::string> https = {"0.0.0.0:443", "[::]:443"};  ///< IP:PORT
        std::uint64_t public_port = 443;  ///< the port in the `_kith` record
        std::uint64_t threads = 0;        ///< I/O threads; 0: one a core
    } listen;

    struct Tls {
        std::string certificate;  ///< PEM, chain included; read again on reload
        std::string key;
        std::string extra_ca;  ///< PEM, trusted besides the system's when we call other servers
    } tls;

    struct Http {
        Seconds handshake_timeout{10};
        Seconds header_timeout{10};
        Seconds idle_timeout{120};
        Seconds body_grace{10};
        std::uint64_t min_body_rate = 1'024;  ///< octets a second
        Seconds answer_timeout{60};
        std::uint64_t header_octets = 16'384;
        std::uint64_t streams_a_connection = 128;
        std::uint64_t requests_at_once = 16'384;
        std::uint64_t stream_window = 256ULL << 10;
        std::uint64_t connection_window = 1ULL << 20;
    } http;

    struct Federation {
        std::string mode = "testing";
        bool allow_private_addresses = false;
        std::uint64_t connections_per_domain = 4;
        std::uint64_t deliveries_in_flight = 256;
        std::uint64_t deliveries_at_first = 100;
        std::uint64_t deliveries_times_usual = 3;
        std::uint64_t deliveries_per_domain_hour = 100'000;
        Seconds connect_timeout{10};
        Seconds request_timeout{60};
        Seconds lookup_timeout{20};
        Seconds body_timeout{30};
        Seconds body_delay{20};    ///< at most, drawn by lot
        Seconds keep_failure{30};  ///< of a look-up: there is no server, or it is wrong
        Seconds keep_away{3};      ///< nobody answered
    } federation;

    struct Resolver {
        std::vector<std::string> forward;        ///< IP or IP@PORT; empty: /etc/resolv.conf
        std::vector<std::string> stub_zones;     ///< "ZONE IP@PORT"
        std::vector<std::string> trust_anchors;  ///< files with DS or DNSKEY records
        bool require_dnssec = false;
        Seconds timeout{10};
    } resolver;

    struct Strangers {
        std::uint64_t effort = kDefaultEffort;
        std::uint64_t most_effort = 0;  ///< 0: kMostRaise times `effort`
        std::uint64_t busy = 60;        ///< taken for stamps in PriceControl::kPeriod
        std::uint64_t requests_a_day = 200;
        Seconds keep_requests{14 * 86'400};
        bool domain_credit = true;  ///< a domain's credit stands for a stamp
    } strangers;

    /// Mail from servers that have no Kith.
    struct Smtp {
        std::vector<std::string> listen;  ///< IP:PORT; empty: none is taken
        std::string strangers = "hold";
        std::uint64_t message_octets = 50ULL << 20;
        std::uint64_t recipients = 100;
        std::uint64_t spool_memory = 64ULL << 20;
        std::uint64_t connections = 2'000;
        std::uint64_t connections_a_prefix = 50;
        Seconds command_timeout{300};
        Seconds busy_timeout{20};
    } smtp;

    struct Limits {
        std::uint64_t blob_octets = 50ULL << 20;
        std::uint64_t quota_octets = 10ULL << 30;
        std::uint64_t recipients_an_hour = 500;
        std::uint64_t recipients_a_day = 2'000;
        std::uint64_t recipients_a_message = 500;
        std::uint64_t new_threads_an_hour = 20;
        Seconds keep_unconfirmed{7 * 86'400};
        std::uint64_t connections = 10'000;
        std::uint64_t connections_a_prefix = 200;
        std::uint64_t handshakes_a_prefix_minute = 3'000;
        std::uint64_t requests_a_prefix_minute = 60'000;
        std::uint64_t unflushed_octets = 256ULL << 20;
        std::uint64_t min_free_octets = 256ULL << 20;
        Seconds queue_lifetime{5 * 86'400};
    } limits;

    /// What the devices of one account, or of one network, may do.
    struct Clients {
        std::uint64_t requests_at_once = 8;
        std::uint64_t uploads_at_once = 4;
        std::uint64_t event_sources = 16;
        std::uint64_t upload_octets_a_day = 5ULL << 30;
        Seconds keep_uploads{86'400};
        std::uint64_t mailboxes = 500;
        std::uint64_t contacts = 20'000;
        std::uint64_t tokens = 200;
        Seconds session_lifetime{12 * 3'600};
        Seconds link_lifetime{600};
        Seconds nonce_lifetime{120};
        Seconds invitation_lifetime{14 * 86'400};
        std::uint64_t cards_a_day = 50;
        std::uint64_t links_a_day = 50;
        std::uint64_t logins_a_day = 500;
        std::uint64_t logins_a_prefix_minute = 20;
        std::uint64_t links_a_prefix_minute = 120;
        std::uint64_t accounts_a_prefix_hour = 20;
        std::uint64_t cards_a_prefix_hour = 60;
    } clients;

    /// The directory log (protocol section 10).
    struct Directory {
        Seconds checkpoint_interval{600};
        std::vector<std::string> witnesses;  ///< domains that cosign our checkpoints
        std::string policy;  ///< a file: which witnesses others' checkpoints need; empty: none
    } directory;
    /// What keeps floods out, and whom they do not keep waiting.
    struct Load {
        std::uint64_t wide_networks = 4;
        std::uint64_t faults_a_prefix_minute = 600;
        Seconds shut_out{60};
        std::uint64_t lookups_a_prefix_minute = 600;
        std::uint64_t lookups_at_once = 256;
        std::string cookies = "under-load";
        std::uint64_t share_own = 100;
        std::uint64_t share_known = 60;
        std::uint64_t share_token = 20;
        std::uint64_t share_stamp = 15;
        std::uint64_t share_other = 5;
        std::uint64_t waiting_own = 8'192;
        std::uint64_t waiting_known = 4'096;
        std::uint64_t waiting_token = 1'024;
        std::uint64_t waiting_stamp = 512;
        std::uint64_t waiting_other = 256;
    } load;

    struct Log {
        std::string level = "info";
        std::string file;  ///< empty: standard error
    } log;

    struct Metrics {
        std::vector<std::string> allow = {"127.0.0.1", "::1"};
    } metrics;

    /// Where it was read from; empty when it was not read from a file. No key.
    std::filesystem::path file;

    std::filesystem::path keys_dir() const { return std::filesystem::path(data_dir) / "keys"; }
    /// Of the directory log: its journal, evidence against others'.
    std::filesystem::path log_dir() const { return std::filesystem::path(data_dir) / "log"; }
    std::filesystem::path store_dir() const { return std::filesystem::path(data_dir) / "store"; }
    std::filesystem::path admin_socket() const {
        return std::filesystem::path(data_dir) / "admin.sock";
    }
};

/// Reads a file. Errors name the key and the line: malformed (syntax, unknown key, wrong type,
/// value out of range, missing required key), io (unreadable).
Result<Config> load_config(const std::filesystem::path& file);
Result<Config> parse_config(std::string_view toml, std::string_view file_name);

/// The keys whose values differ, as "section.name".
struct ConfigChanges {
    std::vector<std::string> taken;         ///< a reload takes them
    std::vector<std::string> need_restart;  ///< they count at the next start
};
ConfigChanges compare(const Config& before, const Config& after);
/// `running`, with the values of `after` for the keys that a reload takes.
Config with_changes_taken(const Config& running, const Config& after);

/// The file with every key, its meaning and its value in `config`; parse_config gives `config`
/// back.
std::string write_config(const Config& config);

}  // namespace kith
