#include "server/part_options.h"

#include <algorithm>
#include <thread>

#include "net/address.h"
#include "store/blobs.h"

namespace kith {
namespace {

constexpr std::size_t kMostWaitingWrites = 65'536;

}  // namespace

std::size_t thread_count(std::uint64_t wanted) {
    return wanted != 0 ? static_cast<std::size_t>(wanted)
                       : std::max(1U, std::thread::hardware_concurrency());
}

StoreOptions store_options(const Config& config, Metrics& metrics) {
    StoreOptions options;
    options.folder = config.store_dir();
    options.min_free_octets = config.limits.min_free_octets;
    options.queue_limit = std::clamp<std::size_t>(
        config.limits.unflushed_octets / kMaxSmallBlob, 16, kMostWaitingWrites);
    options.readers = 2 * thread_count(config.listen.threads) + 2;
    options.on_commit = [&metrics](double seconds) { metrics.commit(seconds); };
    return options;
}

InboundOptions inbound_options(const Config& config) {
    InboundOptions options;
    options.domain = config.domain;
    options.most_blob_octets = config.limits.blob_octets;
    options.quota_octets = config.limits.quota_octets;
    options.requests_a_day = static_cast<std::int64_t>(config.strangers.requests_a_day);
    options.deliveries_at_first = config.federation.deliveries_at_first;
    options.deliveries_times_usual = config.federation.deliveries_times_usual;
    options.deliveries_per_domain_hour = config.federation.deliveries_per_domain_hour;
    options.keep_requests = config.strangers.keep_requests;
    options.domain_credit = config.strangers.domain_credit ? InboundOptions::DomainCredit::used
                                                           : InboundOptions::DomainCredit::unused;
    return options;
}

PriceBounds price_bounds(const Config& config) {
    const auto& asked = config.strangers;
    const std::uint64_t most =
        asked.most_effort == 0 ? kMostRaise * asked.effort : asked.most_effort;
    return {.least = asked.effort, .most = std::max(asked.effort, most), .many = asked.busy};
}

HttpClientOptions client_options(const Config& config, SslContext tls) {
    HttpClientOptions options;
    options.tls = std::move(tls);
    options.connections_per_origin =
        static_cast<std::size_t>(config.federation.connections_per_domain);
    options.connect_timeout = Milliseconds(config.federation.connect_timeout);
    options.allow_address = is_public_address;
    if (config.federation.allow_private_addresses)
        options.allow_address = [](const boost::asio::ip::address& address) {
            return reach_of(address) != Reach::nowhere;
        };
    return options;
}

ClientLimits client_limits(const Config& config) {
    ClientLimits limits;
    limits.upload_octets = config.limits.blob_octets;
    limits.quota_octets = config.limits.quota_octets;
    limits.recipients_in_message = static_cast<std::size_t>(config.limits.recipients_a_message);
    limits.recipients_in_day = config.limits.recipients_a_day;
    limits.recipients_in_hour = config.limits.recipients_an_hour;
    limits.new_threads_in_hour = config.limits.new_threads_an_hour;
    limits.confirm_life = config.limits.keep_unconfirmed;
    limits.queue_life = config.limits.queue_lifetime;
    const Config::Clients& clients = config.clients;
    limits.concurrent_requests = static_cast<std::size_t>(clients.requests_at_once);
    limits.concurrent_uploads = static_cast<std::size_t>(clients.uploads_at_once);
    limits.event_sources = static_cast<std::size_t>(clients.event_sources);
    limits.upload_octets_in_day = clients.upload_octets_a_day;
    limits.upload_life = clients.keep_uploads;
    limits.mailboxes = static_cast<std::size_t>(clients.mailboxes);
    limits.contacts = static_cast<std::size_t>(clients.contacts);
    limits.tokens = static_cast<std::size_t>(clients.tokens);
    limits.session_life = clients.session_lifetime;
    limits.link_life = clients.link_lifetime;
    limits.logins_in_day = clients.logins_a_day;
    limits.logins_in_minute = clients.logins_a_prefix_minute;
    limits.links_in_minute = clients.links_a_prefix_minute;
    limits.accounts_in_hour = clients.accounts_a_prefix_hour;
    limits.wide_networks = config.load.wide_networks;
    limits.nonce_life = clients.nonce_lifetime;
    limits.cards_in_day = clients.cards_a_day;
    limits.links_in_day = clients.links_a_day;
    limits.cards_in_hour = clients.cards_a_prefix_hour;
    return limits;
}

HttpLimits http_limits(const Config& config) {
    HttpLimits limits;
    limits.connections = static_cast<std::size_t>(config.limits.connections);
    limits.connections_per_prefix = static_cast<std::size_t>(config.limits.connections_a_prefix);
    limits.handshakes_in_minute = config.limits.handshakes_a_prefix_minute;
    limits.requests_in_progress = static_cast<std::size_t>(config.http.requests_at_once);
    limits.concurrent_streams = static_cast<std::uint32_t>(config.http.streams_a_connection);
    limits.header_list_octets = static_cast<std::size_t>(config.http.header_octets);
    limits.handshake_timeout = Milliseconds(config.http.handshake_timeout);
    limits.header_timeout = Milliseconds(config.http.header_timeout);
    limits.idle_timeout = Milliseconds(config.http.idle_timeout);
    limits.stall_timeout = Milliseconds(config.http.answer_timeout);
    limits.min_body_rate = config.http.min_body_rate;
    limits.body_grace = Milliseconds(config.http.body_grace);
    limits.wide_networks = static_cast<std::size_t>(config.load.wide_networks);
    limits.stream_window = static_cast<std::uint32_t>(config.http.stream_window);
    limits.connection_window = static_cast<std::uint32_t>(config.http.connection_window);
    return limits;
}

PeerDirectoryOptions peer_options(const Config& config) {
    PeerDirectoryOptions options;
    options.own_domain = config.domain;
    if (config.resolver.require_dnssec)
        options.dnssec = PeerDirectoryOptions::Dnssec::required;
    options.failure_ttl = config.federation.keep_failure;
    options.away_ttl = config.federation.keep_away;
    options.timeout = Milliseconds(config.federation.lookup_timeout);
    return options;
}

OutgoingOptions outgoing_options(const Config& config) {
    OutgoingOptions options;
    options.in_flight = static_cast<std::size_t>(config.federation.deliveries_in_flight);
    options.per_domain = std::max<std::size_t>(1, options.in_flight / 2);
    options.request_timeout = Milliseconds(config.federation.request_timeout);
    return options;
}

AdmissionOptions admission_options(const Config& config) {
    using Cookies = AdmissionOptions::Cookies;
    const Config::Load& load = config.load;
    AdmissionOptions options;
    options.cookies = load.cookies == "always"  ? Cookies::always
                      : load.cookies == "never" ? Cookies::never
                                                : Cookies::under_load;
    options.faults_a_minute = load.faults_a_prefix_minute;
    options.shut_out = load.shut_out;
    options.lookups_a_minute = load.lookups_a_prefix_minute;
    options.lookups_at_once = static_cast<std::size_t>(load.lookups_at_once);
    options.wide_networks = load.wide_networks;
    const auto share = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    options.shares = {share(load.share_own),
                      share(load.share_known),
                      share(load.share_token),
                      share(load.share_stamp),
                      share(load.share_other)};
    options.waiting = {static_cast<std::size_t>(load.waiting_own),
                       static_cast<std::size_t>(load.waiting_known),
                       static_cast<std::size_t>(load.waiting_token),
                       static_cast<std::size_t>(load.waiting_stamp),
                       static_cast<std::size_t>(load.waiting_other)};
    return options;
}

SiteRules site_rules(const Config& config) {
    SiteRules rules;
    rules.requests_a_prefix_minute = config.limits.requests_a_prefix_minute;
    rules.wide_networks = config.load.wide_networks;
    for (const std::string& text : config.metrics.allow) {
        boost::system::error_code bad;
        const auto address = boost::asio::ip::make_address(text, bad);
        if (!bad)  // the configuration is refused when it is
            rules.metrics_allow.push_back(plain_address(address));
    }
    return rules;
}

}  // namespace kith
