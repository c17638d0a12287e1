#include "server/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/config_key.h"

namespace kith {
namespace {

constexpr std::string_view kMinimal =
    "domain = 'One.test'\nhost = 'mail.one.test'\n[tls]\ncertificate = 'c.pem'\nkey = 'k.pem'\n";

std::string refusal(std::string_view more) {
    const auto config = parse_config(std::string(kMinimal) + std::string(more), "kithd.toml");
    return config ? "accepted" : config.error().text();
}

TEST(Config, a_written_file_reads_back_the_same) {
    Config config = *parse_config(kMinimal, "kithd.toml");
    config.listen.https = {"127.0.0.1:8443", "[::1]:8443"};
    config.federation.allow_private_addresses = true;
    config.strangers.keep_requests = Seconds(7'200);
    config.log.file = "/var/log/\"kith\".log";
    const std::string text = write_config(config);
    const auto again = parse_config(text, "kithd.toml");
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(write_config(*again), text);
    EXPECT_EQ(again->listen.https, config.listen.https);
    EXPECT_EQ(again->log.file, config.log.file);
}

TEST(Config, every_key_of_the_written_file_has_its_meaning_above_it) {
    const std::string text = write_config(*parse_config(kMinimal, "kithd.toml"));
    std::string before;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = text.find('\n', begin);
        const std::string line = text.substr(begin, end - begin);
        if (line.find(" = ") != std::string::npos && line[0] != '#') {
            EXPECT_TRUE(before.starts_with("# ")) << line;
        }
        before = line;
        begin = end + 1;
    }
}

TEST(Config, every_number_is_held_within_its_bounds) {
    for (const ConfigKey& key : config_keys()) {
        if (key.range.most == 0)
            continue;
        const auto said = [&key](std::uint64_t value) {
            return refusal(fmt::format("[{}]\n{} = {}\n", key.section, key.name, value));
        };
        const std::string bounds = fmt::format("kithd.toml:7: {} must be {} to {} (malformed)",
                                               key.full_name(),
                                               key.range.least,
                                               key.range.most);
        EXPECT_EQ(said(key.range.least), "accepted") << key.full_name();
        EXPECT_EQ(said(key.range.most), "accepted") << key.full_name();
        EXPECT_EQ(said(key.range.most + 1), bounds);
        if (key.range.least > 0) {
            EXPECT_EQ(said(key.range.least - 1), bounds);
        }
    }
}

TEST(Config, domains_are_lower_case) {
    EXPECT_EQ(parse_config(kMinimal, "kithd.toml")->domain, "one.test");
}

TEST(Config, an_unknown_key_is_refused_with_its_line) {
    EXPECT_EQ(refusal("colour = 'red'\n"), "kithd.toml:6: unknown key tls.colour (malformed)");
    EXPECT_EQ(refusal("[colours]\nred = 1\n"), "kithd.toml:6: unknown key colours (malformed)");
}

TEST(Config, a_wrong_type_or_range_is_refused_with_its_line) {
    EXPECT_EQ(refusal("[limits]\nconnections = 'many'\n"),
              "kithd.toml:7: limits.connections must be a whole number (malformed)");
    EXPECT_EQ(refusal("[limits]\nconnections = 3\n"),
              "kithd.toml:7: limits.connections must be 16 to 1000000 (malformed)");
    EXPECT_EQ(refusal("[federation]\nmode = 'maybe'\n"),
              "kithd.toml:7: federation.mode must be \"testing\" or \"enforce\" (malformed)");
    EXPECT_EQ(refusal("[listen]\nhttps = [1]\n"),
              "kithd.toml:7: listen.https must be a list of texts (malformed)");
}

TEST(Config, a_text_that_cannot_be_is_refused_with_its_line) {
    EXPECT_EQ(refusal("[listen]\nhttps = ['127.0.0.1:1',\n'here']\n"),
              "kithd.toml:8: listen.https must be IP:PORT, e.g. \"0.0.0.0:443\" or \"[::]:443\" "
              "(malformed)");
    EXPECT_EQ(refusal("[listen]\nhttps = []\n"),
              "kithd.toml: listen.https must not be empty (malformed)");
    EXPECT_EQ(refusal("[log]\nlevel = 'loud'\n"),
              "kithd.toml:7: log.level must be trace, debug, info, warn or error (malformed)");
    EXPECT_EQ(refusal("[metrics]\nallow = ['::1', 'everybody']\n"),
              "kithd.toml:7: metrics.allow must be an IP address (malformed)");
    EXPECT_EQ(refusal("[resolver]\nforward = ['ns.one.test']\n"),
              "kithd.toml:7: resolver.forward must be IP or IP@PORT (malformed)");
    EXPECT_EQ(refusal("[resolver]\nforward = ['127.0.0.1@99999']\n"),
              "kithd.toml:7: resolver.forward must be IP or IP@PORT (malformed)");
    EXPECT_EQ(refusal("[resolver]\nstub_zones = ['test']\n"),
              "kithd.toml:7: resolver.stub_zones must be \"ZONE IP@PORT\" (malformed)");
    EXPECT_EQ(parse_config("domain = 'no domain'\nhost = 'x'\n", "f").error().text(),
              "f:1: domain must be a domain name (malformed)");
}

TEST(Config, a_change_is_taken_by_a_reload_or_wants_a_restart) {
    const Config before = *parse_config(kMinimal, "kithd.toml");
    Config after = before;
    after.limits.blob_octets = 5 << 20;
    after.log.level = "debug";
    after.listen.https = {"127.0.0.1:1"};
    const ConfigChanges changes = compare(before, after);
    EXPECT_EQ(changes.taken, (std::vector<std::string>{"limits.blob_octets", "log.level"}));
    EXPECT_EQ(changes.need_restart, std::vector<std::string>{"listen.https"});
    const Config running = with_changes_taken(before, after);
    EXPECT_EQ(running.limits.blob_octets, after.limits.blob_octets);
    EXPECT_EQ(running.log.level, "debug");
    EXPECT_EQ(running.listen.https, before.listen.https);
    EXPECT_TRUE(compare(before, before).taken.empty());
}

TEST(Config, broken_toml_is_refused_with_its_line) {
    EXPECT_TRUE(refusal("[limits\n").starts_with("kithd.toml:6: "));
}

TEST(Config, a_missing_required_key_is_named) {
    EXPECT_EQ(parse_config("domain = 'one.test'", "f").error().text(),
              "f: host is missing (malformed)");
}

}  // namespace
}  // namespace kith
