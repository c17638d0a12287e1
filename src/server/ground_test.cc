#include "server/ground.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/server_folder_for_tests.h"

namespace kith {
namespace {

using Grade = Finding::Grade;

class HeldPort {
  public:
    HeldPort() : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(handle_, plain, size), 0);
        EXPECT_EQ(::listen(handle_, 1), 0);
        EXPECT_EQ(::getsockname(handle_, plain, &size), 0);
        text = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    ~HeldPort() { ::close(handle_); }
    HeldPort(const HeldPort&) = delete;
    HeldPort& operator=(const HeldPort&) = delete;
    std::string text;

  private:
    int handle_;
};

TEST(Ground, a_port_that_somebody_holds_is_bad_unless_it_is_us) {
    const HeldPort held;
    EXPECT_EQ(look_at_ports({held.text}, PortsExpected::free)[0].grade, Grade::bad);
    EXPECT_EQ(look_at_ports({held.text}, PortsExpected::held_by_us)[0].grade, Grade::good);
    EXPECT_EQ(look_at_ports({"127.0.0.1:0"}, PortsExpected::free)[0].grade, Grade::good);
    EXPECT_EQ(look_at_ports({"192.0.2.77:443"}, PortsExpected::free)[0].grade, Grade::bad);
    EXPECT_EQ(look_at_ports({"nowhere"}, PortsExpected::free)[0].grade, Grade::bad);
}

TEST(Ground, a_disk_that_is_nearly_full_is_bad) {
    const testing::ServerFolder folder;
    EXPECT_EQ(look_at_disk(folder.path() / "not/there/yet", 1)[0].subject, "disk");
    EXPECT_NE(worst(look_at_disk(folder.path() / "not/there/yet", 1)), Grade::bad);
    EXPECT_EQ(look_at_disk(folder.path(), 1ULL << 60)[0].grade, Grade::bad);
}

TEST(Ground, more_connections_than_files_are_a_warning) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < 60'000) {
        EXPECT_EQ(look_at_file_limit(60'000).grade, Grade::warning);
    }
    EXPECT_EQ(look_at_file_limit(1).grade, Grade::good);
}

TEST(Ground, a_certificate_is_readable_a_pair_valid_and_for_the_host) {
    testing::ServerFolder folder;
    const Config config = folder.config();
    EXPECT_EQ(look_at_certificate(config).detail, config.tls.certificate + " cannot be read");
    folder.certificate("mail.one.test", 10);
    EXPECT_EQ(look_at_certificate(config).grade, Grade::warning);
    EXPECT_NE(look_at_certificate(config).detail.find("self-signed"), std::string::npos);
    folder.certificate("mail.two.test", 10);
    EXPECT_EQ(look_at_certificate(config).detail, "is not for mail.one.test");
    folder.certificate("mail.one.test", -2);
    EXPECT_TRUE(look_at_certificate(config).detail.starts_with("expired on "));
    const std::string key = folder.read("data/key.pem");
    folder.certificate("mail.one.test", 10);
    folder.write("data/key.pem", key);
    EXPECT_EQ(look_at_certificate(config).detail, "the key does not belong to the certificate");
    folder.write("data/cert.pem", "nonsense");
    EXPECT_EQ(look_at_certificate(config).grade, Grade::bad);
}

TEST(Ground, the_worst_finding_counts) {
    EXPECT_EQ(worst({}), Grade::good);
    EXPECT_EQ(worst({{Grade::good, "", "", ""}, {Grade::bad, "", "", ""}}), Grade::bad);
}

}  // namespace
}  // namespace kith
