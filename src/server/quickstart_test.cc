#include "server/quickstart.h"

#include <gtest/gtest.h>

#include "server/keys.h"
#include "server/server_folder_for_tests.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class QuickstartTest : public ::testing::Test {
  protected:
    testing::ServerFolder folder;
    SystemRandom random;
    QuickstartOptions options;
    QuickstartReport report;

    void SetUp() override {
        options.config = folder.config();
        options.config.tls = {};
        options.config.listen.https = {"127.0.0.1:0"};
        options.config.limits.min_free_octets = 1;
        options.config_file = folder.path() / "etc/kithd.toml";
        options.network = QuickstartOptions::Network::leave_out;
    }
    // An invitation maker that counts like the store: a known code stays.
    InvitationMaker maker() {
        return [this](const Config&,
                      const std::string&,
                      const std::string& known) -> Result<std::string> {
            if (!known.empty())
                return known;
            return "code" + std::to_string(++made_);
        };
    }
    Result<void> run(const InvitationMaker& make) {
        report = {};
        return quickstart(options, random, make, report);
    }

  private:
    int made_ = 0;
};

TEST_F(QuickstartTest, run_again_says_and_leaves_the_same) {
    ASSERT_TRUE(run(maker()));
    const auto records = report.records;
    const auto before = folder.snapshot();
    ASSERT_TRUE(run(maker()));
    EXPECT_EQ(report.records.front().line(), records.front().line());
    EXPECT_EQ(report.invitation, "code1");
    EXPECT_EQ(folder.snapshot(), before);
}

TEST_F(QuickstartTest, a_written_configuration_is_the_one_that_was_wished) {
    ASSERT_TRUE(run(maker()));
    const auto config = load_config(options.config_file);
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->domain, "one.test");
    EXPECT_EQ(config->tls.certificate, (folder.path() / "data/self-signed.pem").string());
    EXPECT_TRUE(load_keys(config->keys_dir()));
}

TEST_F(QuickstartTest, a_failure_removes_what_it_wrote_and_nothing_else) {
    folder.write("etc/other.toml", "stays");
    folder.write("data/mine", "stays");
    folder.write("data/keys/token.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    fs::permissions(folder.path() / "data/keys/token.key", fs::perms(0600));
    const auto before = folder.snapshot();
    const auto failing = [this](const Config& config,
                                const std::string&,
                                const std::string&) -> Result<std::string> {
        EXPECT_TRUE(fs::exists(options.config_file));
        fs::create_directories(config.store_dir());
        return fail(ErrorKind::io, "store", "is broken");
    };
    EXPECT_EQ(run(failing).error().text(), "store: is broken (io)");
    EXPECT_EQ(folder.snapshot(), before);
    EXPECT_TRUE(report.written.empty());
}

TEST_F(QuickstartTest, bad_ground_writes_nothing_and_says_what_is_bad) {
    options.config.listen.https = {"192.0.2.77:443"};
    EXPECT_EQ(run(maker()).error().kind, ErrorKind::denied);
    EXPECT_EQ(worst(report.findings), Finding::Grade::bad);
    EXPECT_TRUE(folder.snapshot().empty());
}

TEST_F(QuickstartTest, findings_are_appended_to_a_log) {
    options.log_file = folder.path() / "log";
    ASSERT_TRUE(run(maker()));
    const std::string log = folder.read("log");
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'),
              static_cast<std::ptrdiff_t>(report.findings.size()));
    EXPECT_NE(log.find("quickstart domain=one.test finding=good subject=disk"), std::string::npos)
        << log;
}

TEST_F(QuickstartTest, a_configuration_for_another_domain_is_not_touched) {
    ASSERT_TRUE(run(maker()));
    options.config.domain = "two.test";
    EXPECT_EQ(run(maker()).error().kind, ErrorKind::conflict);
}

TEST_F(QuickstartTest, wishes_that_no_server_would_take_are_refused_before_anything_is_written) {
    options.config.resolver.forward = {"nowhere"};
    EXPECT_EQ(run(maker()).error().kind, ErrorKind::malformed);
    EXPECT_TRUE(folder.snapshot().empty());
}

TEST_F(QuickstartTest, once_the_account_exists_there_is_no_invitation) {
    ASSERT_TRUE(run(maker()));
    const auto taken =
        [](const Config&, const std::string& address, const std::string&) -> Result<std::string> {
        return fail(ErrorKind::conflict, address, "has an account");
    };
    ASSERT_TRUE(run(taken));
    EXPECT_EQ(report.invitation, "");
    EXPECT_FALSE(fs::exists(folder.path() / "data/first-invitation"));
}

TEST(DnsRecords, name_port_and_mode_where_they_differ) {
    Config config;
    config.domain = "one.test";
    KithRecord record;
    record.host = "mail.one.test";
    record.keys = {PublicKey{}};
    const std::string key = PublicKey{}.text();
    EXPECT_EQ(dns_records(config, record).front().line(),
              "_kith.one.test. TXT \"v=kith1; host=mail.one.test; key=" + key + "; mode=testing\"");
    record.port = 8443;
    record.mode = KithRecord::Mode::enforce;
    EXPECT_EQ(dns_records(config, record).front().value,
              "\"v=kith1; host=mail.one.test; port=8443; key=" + key + "; mode=enforce\"");
}

TEST(DnsRecords, mail_by_smtp_finds_the_server_where_it_takes_any) {
    Config config;
    config.domain = "one.test";
    config.host = "mail.one.test";
    KithRecord record;
    record.host = config.host;
    record.keys = {PublicKey{}};
    const auto exchanger = [&]() -> std::string {
        for (const DnsRecord& each : dns_records(config, record))
            if (each.type == "MX")
                return each.line();
        return "";
    };
    EXPECT_EQ(exchanger(), "");
    config.smtp.listen = {"0.0.0.0:25"};
    EXPECT_EQ(exchanger(), "one.test. MX 10 mail.one.test.");
}

TEST(DnsRecords, a_long_record_is_cut_into_strings_of_255_octets) {
    Config config;
    KithRecord record;
    record.host = std::string(63, 'a') + ".test";
    record.keys = {PublicKey{}};
    record.log_keys = {PublicKey{}};
    record.witness = PublicKey{};
    const std::string text = write_kith_record(record);
    ASSERT_GT(text.size(), 255U);
    EXPECT_EQ(dns_records(config, record).front().value,
              "\"" + text.substr(0, 255) + "\" \"" + text.substr(255) + "\"");
}

}  // namespace
}  // namespace kith
