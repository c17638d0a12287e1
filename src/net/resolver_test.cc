// The resolver against a real authoritative server: knotd on a loopback port, with one zone that it
// signs itself and one that is unsigned.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "net/net_tests.h"
#include "net/resolver.h"

extern char** environ;  // NOLINT: POSIX

namespace kith {
namespace {

using namespace testing;  // NOLINT: the helpers of net_tests.h

constexpr auto kKnotd = "/usr/sbin/knotd";

std::string output_of(const std::string& command) {
    std::string text;
    FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");  // NOLINT: a test's own text
    KITH_CHECK(pipe != nullptr);
    std::array<char, 4096> buffer{};
    while (std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), size);
    ::pclose(pipe);
    return text;
}

/// A port that nobody has just now, for UDP and TCP.
std::uint16_t free_port() {
    int udp = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the socket API
    KITH_CHECK(::bind(udp, generic, size) == 0);
    KITH_CHECK(::getsockname(udp, generic, &size) == 0);
    ::close(udp);
    return ntohs(address.sin_port);
}

const std::string kZone = R"($ORIGIN one.test.
$TTL 60
@ SOA ns hostmaster 1 60 60 60 5
@ NS ns
ns A 127.0.0.1
mail A 192.0.2.1
mail AAAA 2001:db8::1
four A 192.0.2.4
@ MX 10 mail
_kith TXT "v=kith1; " "host=mail.one.test" "; port=443"
other TXT "first"
www CNAME mail
)";

std::string with_origin(std::string zone, const std::string& origin) {
    return "$ORIGIN " + origin + zone.substr(zone.find('\n'));
}

/// knotd with the zones one.test (signed by it) and plain.test; "bent" is one.test signed once,
/// with a record changed behind the signature's back.
class Knot {
  public:
    Knot() : port_(free_port()) {
        write("one.zone", kZone);
        write("plain.zone", with_origin(kZone, "plain.test."));
        write("knot.conf", config(""));
        start();
        std::string ds;
        bool ready = eventually([&] {
            ds = output_of("/usr/sbin/keymgr -c " + file("knot.conf") + " one.test ds");
            return !ds.empty() && is_signed();
        });
        KITH_CHECK(ready);
        // Three digests, one a line; any will do.
        anchor_ = ds.substr(0, ds.find('\n'));
    }
    ~Knot() { stop(); }
    Knot(const Knot&) = delete;
    Knot& operator=(const Knot&) = delete;

    std::string address() const { return "127.0.0.1@" + std::to_string(port_); }
    const std::string& anchor() const { return anchor_; }

    /// Serves the signed zone with the TXT record altered and the old signature kept.
    void tamper() {
        std::string zone = read("one.zone");
        std::size_t at = zone.find("\"first\"");
        KITH_CHECK(at != std::string::npos);
        zone.replace(at, 7, "\"bent!\"");
        stop();
        write("bent.zone", zone);
        write("knot.conf", config("bent"));
        start();
        KITH_CHECK(eventually(
            [&] { return control("zone-status one.test").find("serial") != std::string::npos; }));
    }

  private:
    std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name)) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream in(file(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string config(const std::string& bent) const {
        std::string text = "server:\n  listen: " + address() + "\n  rundir: " + file("") +
                           "\ndatabase:\n  storage: " + file("") +
                           "\ncontrol:\n  listen: " + file("c") +
                           "\nlog:\n - target: stderr\n   any: error\n"
                           "policy:\n - id: p\n   algorithm: ed25519\n   ksk-shared: false\n"
                           "zone:\n - domain: plain.test\n   file: " +
                           file("plain.zone") + "\n - domain: one.test\n";
        if (!bent.empty())
            return text + "   file: " + file("bent.zone") + "\n   semantic-checks: off\n";
        return text + "   file: " + file("one.zone") +
               "\n   zonefile-sync: 0\n   dnssec-signing: on\n   dnssec-policy: p\n";
    }
    std::string control(const std::string& command) const {
        return output_of("/usr/sbin/knotc -s " + file("c") + " " + command);
    }
    bool is_signed() const { return read("one.zone").find("RRSIG") != std::string::npos; }
    void start() {
        std::string config_file = file("knot.conf");
        // knotd ends with this process, however that ends.
        std::array<std::string, 6> words{
            "setpriv", "--pdeathsig", "TERM", kKnotd, "-c", config_file};
        std::array<char*, 7> arguments{};
        for (std::size_t i = 0; i < words.size(); ++i)
            arguments[i] = words[i].data();
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(
            &actions, 2, file("log").c_str(), O_WRONLY | O_CREAT, 0600);
        KITH_CHECK(::posix_spawnp(
                       &process_, "setpriv", &actions, nullptr, arguments.data(), environ) == 0);
        posix_spawn_file_actions_destroy(&actions);
    }
    void stop() {
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
    }

    TemporaryFolder folder_;
    std::uint16_t port_;
    pid_t process_ = -1;
    std::string anchor_;
};

class ResolverTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {  // NOLINT: GoogleTest's name
        if (::access(kKnotd, X_OK) == 0)
            knot = std::make_unique<Knot>();
    }
    static void TearDownTestSuite() { knot.reset(); }  // NOLINT: GoogleTest's name
    void SetUp() override {
        if (!knot)
            GTEST_SKIP() << "knotd is not installed";
        resolver_ = make();
    }
    void TearDown() override {
        // Destroyed where it lives.
        io_.run_on(0, [this] { resolver_.reset(); });
    }
    std::shared_ptr<Resolver> make() {
        ResolverOptions options;
        options.stub_zones = {"one.test " + knot->address(), "plain.test " + knot->address()};
        options.trust_anchors = {knot->anchor()};
        options.timeout = 10'000ms;
        auto made = Resolver::create(io_.executor(0), options);
        EXPECT_TRUE(made) << made.error().text();
        return made ? *made : nullptr;
    }
    Result<DnsTexts> txt(const std::string& name) {
        return await(io_.executor(0), resolver_->txt(name));
    }
    Result<DnsAddresses> addresses(const std::string& host) {
        return await(io_.executor(0), resolver_->addresses(host));
    }

    static std::unique_ptr<Knot> knot;
    IoThreads io_{2};
    std::shared_ptr<Resolver> resolver_;
};

std::unique_ptr<Knot> ResolverTest::knot;

TEST_F(ResolverTest, signed_text_is_secure_and_its_strings_are_joined) {
    auto answer = txt("_kith.one.test");
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->texts, std::vector<std::string>{"v=kith1; host=mail.one.test; port=443"});
    EXPECT_EQ(answer->security, DnsSecurity::secure);
    EXPECT_GT(answer->ttl, Seconds(0));
    EXPECT_LE(answer->ttl, Seconds(60));
}

TEST_F(ResolverTest, unsigned_text_is_insecure) {
    auto answer = txt("_kith.plain.test");
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->texts.size(), 1U);
    EXPECT_EQ(answer->security, DnsSecurity::insecure);
}

TEST_F(ResolverTest, name_that_does_not_exist_is_not_found) {
    for (const char* name : {"nowhere.one.test", "nowhere.plain.test", "mail.one.test"}) {
        auto answer = txt(name);
        ASSERT_FALSE(answer) << name;
        EXPECT_EQ(answer.error().kind, ErrorKind::not_found) << answer.error().text();
    }
}

TEST_F(ResolverTest, addresses_of_both_families_come_in_turn) {
    auto both = addresses("mail.one.test");
    ASSERT_TRUE(both) << both.error().text();
    ASSERT_EQ(both->addresses.size(), 2U);
    EXPECT_EQ(both->addresses[0].to_string(), "2001:db8::1");
    EXPECT_EQ(both->addresses[1].to_string(), "192.0.2.1");
    EXPECT_EQ(both->security, DnsSecurity::secure);
    auto four = addresses("four.one.test.");
    ASSERT_TRUE(four) << four.error().text();
    EXPECT_EQ(four->addresses.size(), 1U);
    EXPECT_EQ(addresses("nowhere.one.test").error().kind, ErrorKind::not_found);
    EXPECT_EQ(addresses("192.0.2.9")->addresses.size(), 1U);
}

TEST_F(ResolverTest, aliases_are_followed) {
    auto answer = await(io_.executor(0), resolver_->lookup("www.one.test", DnsType::a));
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->canonical_name, "mail.one.test");
    EXPECT_EQ(answer->records, std::vector<Bytes>{Bytes({192, 0, 2, 1})});
    EXPECT_EQ(answer->security, DnsSecurity::secure);
}

TEST_F(ResolverTest, names_that_are_none_are_malformed) {
    for (const std::string& name : {std::string(),
                                    std::string(300, 'a'),
                                    "a.b" + std::string(70, 'c'),
                                    std::string("a b.test"),
                                    std::string("a..test"),
                                    std::string("a\\046b.test")})
        EXPECT_EQ(txt(name).error().kind, ErrorKind::malformed) << name;
}

TEST_F(ResolverTest, many_look_ups_from_several_threads_are_answered) {
    std::vector<std::future<Result<DnsTexts>>> answers;
    for (std::size_t i = 0; i < 50; ++i)
        answers.push_back(std::async(std::launch::async, [this, i] {
            return await(io_.executor(i % 2), resolver_->txt("_kith.one.test"));
        }));
    for (auto& answer : answers)
        EXPECT_TRUE(answer.get());
}

TEST_F(ResolverTest, stopped_resolver_is_unavailable) {
    io_.run_on(0, [this] { resolver_->stop(); });
    EXPECT_EQ(txt("_kith.one.test").error().kind, ErrorKind::unavailable);
}

TEST_F(ResolverTest, options_that_cannot_be_used_are_refused) {
    auto refused = [&](auto change) {
        ResolverOptions options;
        change(options);
        auto made = Resolver::create(io_.executor(0), options);
        return !made && made.error().kind == ErrorKind::malformed;
    };
    EXPECT_TRUE(refused([](auto& options) { options.forward = {"not an address"}; }));
    EXPECT_TRUE(refused([](auto& options) { options.stub_zones = {"one.test"}; }));
    EXPECT_TRUE(refused([](auto& options) { options.trust_anchor_files = {"/nowhere/at/all"}; }));
}

// Last: it changes the zone.
TEST_F(ResolverTest, zz_tampered_text_is_untrusted_and_says_why) {
    knot->tamper();
    auto fresh = make();
    auto answer = await(io_.executor(0), fresh->txt("other.one.test"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::untrusted) << answer.error().text();
    EXPECT_THAT(answer.error().text(), ::testing::HasSubstr("signature"));
    io_.run_on(0, [&] { fresh.reset(); });
}

}  // namespace
}  // namespace kith
