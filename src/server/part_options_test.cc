#include "server/part_options.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <variant>

#include "server/config_key.h"

namespace kith {
namespace {

/// Every number of the configuration doubled: none keeps its default.
Config all_doubled() {
    Config config;
    for (const ConfigKey& key : config_keys())
        std::visit(
            [](auto* value) {
                if constexpr (requires { *value + *value; } &&
                              !std::is_same_v<decltype(value), bool*> &&
                              !std::is_same_v<decltype(value), std::string*>)
                    *value = *value + *value;
            },
            key.slot(config));
    return config;
}

TEST(PartOptions, the_configurations_defaults_are_those_of_the_parts) {
    const Config config;
    const HttpLimits http = http_limits(config);
    const HttpLimits plain;
    EXPECT_EQ(http.connections, plain.connections);
    EXPECT_EQ(http.connections_per_prefix, plain.connections_per_prefix);
    EXPECT_EQ(http.requests_in_progress.get(), plain.requests_in_progress.get());
    EXPECT_EQ(http.concurrent_streams.get(), plain.concurrent_streams.get());
    EXPECT_EQ(http.header_list_octets.get(), plain.header_list_octets.get());
    EXPECT_EQ(http.handshake_timeout.get(), plain.handshake_timeout.get());
    EXPECT_EQ(http.header_timeout.get(), plain.header_timeout.get());
    EXPECT_EQ(http.idle_timeout.get(), plain.idle_timeout.get());
    EXPECT_EQ(http.stall_timeout.get(), plain.stall_timeout.get());
    EXPECT_EQ(http.min_body_rate.get(), plain.min_body_rate.get());
    EXPECT_EQ(http.body_grace.get(), plain.body_grace.get());
    EXPECT_EQ(http.stream_window, plain.stream_window);
    EXPECT_EQ(http.connection_window, plain.connection_window);
    EXPECT_EQ(http.wide_networks, plain.wide_networks);
    const AdmissionOptions admission = admission_options(config);
    const AdmissionOptions standard;
    EXPECT_EQ(admission.cookies, standard.cookies);
    EXPECT_EQ(admission.faults_a_minute, standard.faults_a_minute);
    EXPECT_EQ(admission.shut_out, standard.shut_out);
    EXPECT_EQ(admission.lookups_a_minute, standard.lookups_a_minute);
    EXPECT_EQ(admission.lookups_at_once, standard.lookups_at_once);
    EXPECT_EQ(admission.wide_networks, standard.wide_networks);
    EXPECT_EQ(admission.shares, standard.shares);
    EXPECT_EQ(admission.waiting, standard.waiting);
    const PeerDirectoryOptions peers;
    EXPECT_EQ(peer_options(config).failure_ttl.get(), peers.failure_ttl.get());
    EXPECT_EQ(peer_options(config).away_ttl.get(), peers.away_ttl.get());
    EXPECT_EQ(peer_options(config).timeout.get(), peers.timeout.get());
    EXPECT_EQ(client_limits(config).nonce_life, ClientLimits().nonce_life);
    EXPECT_EQ(client_options(config, {}).connect_timeout.get(),
              HttpClientOptions().connect_timeout.get());
}

TEST(PartOptions, every_http_limit_that_a_reload_takes_arrives) {
    HttpLimits limits;
    limits.adjust(http_limits(all_doubled()));
    EXPECT_EQ(limits.requests_in_progress.get(), 32'768U);
    EXPECT_EQ(limits.concurrent_streams.get(), 256U);
    EXPECT_EQ(limits.header_list_octets.get(), 32'768U);
    EXPECT_EQ(limits.handshake_timeout.get(), Milliseconds(20'000));
    EXPECT_EQ(limits.header_timeout.get(), Milliseconds(20'000));
    EXPECT_EQ(limits.idle_timeout.get(), Milliseconds(240'000));
    EXPECT_EQ(limits.stall_timeout.get(), Milliseconds(120'000));
    EXPECT_EQ(limits.min_body_rate.get(), 2'048U);
    EXPECT_EQ(limits.body_grace.get(), Milliseconds(20'000));
}

TEST(PartOptions, every_limit_of_clients_that_a_reload_takes_arrives) {
    ClientLimits limits;
    limits.adjust(client_limits(all_doubled()));
    EXPECT_EQ(limits.concurrent_requests.get(), 16U);
    EXPECT_EQ(limits.concurrent_uploads.get(), 8U);
    EXPECT_EQ(limits.upload_octets.get(), 100ULL << 20);
    EXPECT_EQ(limits.quota_octets.get(), 20ULL << 30);
    EXPECT_EQ(limits.upload_octets_in_day.get(), 10ULL << 30);
    EXPECT_EQ(limits.upload_life.get(), Seconds(2 * 86'400));
    EXPECT_EQ(limits.recipients_in_message.get(), 1'000U);
    EXPECT_EQ(limits.recipients_in_hour.get(), 1'000U);
    EXPECT_EQ(limits.recipients_in_day.get(), 4'000U);
    EXPECT_EQ(limits.queue_life.get(), Seconds(10 * 86'400));
    EXPECT_EQ(limits.mailboxes.get(), 1'000U);
    EXPECT_EQ(limits.contacts.get(), 40'000U);
    EXPECT_EQ(limits.tokens.get(), 400U);
    EXPECT_EQ(limits.logins_in_day.get(), 1'000U);
    EXPECT_EQ(limits.session_life.get(), Seconds(24 * 3600));
    EXPECT_EQ(limits.link_life.get(), Seconds(1'200));
    EXPECT_EQ(limits.cards_in_day.get(), 100U);
    EXPECT_EQ(limits.links_in_day.get(), 100U);
}

TEST(PartOptions, a_test_network_may_call_private_addresses_but_none_of_a_clouds_own) {
    Config config;
    const auto allows = [&config](const char* address) {
        return client_options(config, {}).allow_address(boost::asio::ip::make_address(address));
    };
    EXPECT_TRUE(allows("9.9.9.9"));
    EXPECT_FALSE(allows("127.0.0.1"));
    EXPECT_FALSE(allows("10.0.0.1"));
    config.federation.allow_private_addresses = true;
    EXPECT_TRUE(allows("9.9.9.9"));
    EXPECT_TRUE(allows("127.0.0.1"));
    EXPECT_TRUE(allows("fd00::1"));
    EXPECT_FALSE(allows("169.254.169.254"));
    EXPECT_FALSE(allows("168.63.129.16"));
}

TEST(PartOptions, the_rates_of_clients_come_from_the_configuration) {
    const ClientLimits limits = client_limits(all_doubled());
    EXPECT_EQ(limits.event_sources, 32U);
    EXPECT_EQ(limits.logins_in_minute, 40U);
    EXPECT_EQ(limits.links_in_minute, 240U);
    EXPECT_EQ(limits.accounts_in_hour, 40U);
    EXPECT_EQ(limits.wide_networks, 8U);
    EXPECT_EQ(limits.nonce_life, Seconds(240));
}

}  // namespace
}  // namespace kith
