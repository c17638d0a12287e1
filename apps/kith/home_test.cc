// What a home keeps: keys, pins, messages that wait; and that it keeps them to itself.
#include "kith/home.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "kith/exit_code.h"
#include "kith/files.h"
#include "kith/keys.h"
#include "kith/outbox.h"
#include "kith/passphrase.h"
#include "kith/pins.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

AskPassphrase says(const std::string& passphrase) {
    return [passphrase]() -> Result<std::string> { return passphrase; };
}
AskPassphrase never() {
    return []() -> Result<std::string> { return fail(ErrorKind::denied, "passphrase", "asked"); };
}

class HomeTest : public ::testing::Test {
  protected:
    SystemRandom random;
    fs::path folder = fs::temp_directory_path() / ("kith-home-" + hex(random.array<8>()));

    void TearDown() override { fs::remove_all(folder); }

    Home make() const {
        auto home = *Home::prepare(folder);
        HomeConfig config;
        config.address = *Address::parse("alice@one.test");
        config.device = "laptop";
        EXPECT_TRUE(home.complete(config));
        return *Home::open(folder);
    }
    static unsigned mode_of(const fs::path& file) {
        struct stat status{};
        EXPECT_EQ(::stat(file.c_str(), &status), 0);
        return status.st_mode & 0777U;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
    }
};

TEST_F(HomeTest, IsReadableByItsOwnerAlone) {
    const Home home = make();
    EXPECT_EQ(mode_of(folder), 0700U);
    EXPECT_EQ(mode_of(home.file("config.toml")), 0600U);
    fs::permissions(folder, fs::perms::all);
    EXPECT_EQ(Home::open(folder).error().kind, ErrorKind::denied);
}

TEST_F(HomeTest, IsNeverMadeTwice) {
    make();
    EXPECT_EQ(Home::prepare(folder).error().kind, ErrorKind::conflict);
}

TEST_F(HomeTest, ThatIsNotThereIsNotFound) {
    EXPECT_EQ(Home::open(folder).error().kind, ErrorKind::not_found);
}

TEST_F(HomeTest, ADamagedConfigurationIsNamed) {
    make();
    write("config.toml", "address = 7\n");
    const auto home = Home::open(folder);
    ASSERT_FALSE(home);
    EXPECT_EQ(home.error().kind, ErrorKind::malformed);
}

TEST_F(HomeTest, KeysUnderAPassphraseOpenWithItAlone) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    const std::string text = write_device_keys(keys, "alice");
    ASSERT_TRUE(write_key_file(home.file("device.key"), text, "correct horse", random));
    EXPECT_EQ(mode_of(home.file("device.key")), 0600U);
    EXPECT_EQ(read_key_file(home.file("device.key"), says("wrong")).error().kind,
              ErrorKind::untrusted);
    const auto read = read_key_file(home.file("device.key"), says("correct horse"));
    ASSERT_TRUE(read);
    EXPECT_EQ(parse_device_keys(*read)->signing.public_key(), keys.signing.public_key());
}

TEST_F(HomeTest, KeysInTheClearAreReadWithoutAsking) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    ASSERT_TRUE(write_key_file(
        home.file("device.key"), write_device_keys(keys, "alice"), std::nullopt, random));
    EXPECT_TRUE(read_key_file(home.file("device.key"), never()));
    fs::permissions(home.file("device.key"), fs::perms::others_read, fs::perm_options::add);
    EXPECT_EQ(read_key_file(home.file("device.key"), never()).error().kind, ErrorKind::denied);
}

TEST_F(HomeTest, PinsStayAndADamagedFileUnpinsNobody) {
    const Home home = make();
    const Address bob = *Address::parse("bob@two.test");
    const Pin pin{.root = sha256("bob"),
                  .verified = true,
                  .name = "Bob \"the\" b",
                  .since = Time(Seconds(5))};
    ASSERT_TRUE(put_pin(home, bob, pin));
    EXPECT_EQ(read_pins(home)->at(bob), pin);
    write("pins.json", "{\"bob@two.test\": {\"root\":");
    EXPECT_EQ(read_pins(home).error().kind, ErrorKind::malformed);
    EXPECT_FALSE(put_pin(home, bob, pin)) << "what cannot be read is not overwritten";
}

Outgoing waiting_message(int number) {
    Outgoing outgoing;
    outgoing.id = std::string(32, static_cast<char>('a' + number % 6));
    outgoing.time = Time(Seconds(1'790'000'000 + number));
    outgoing.message = "Subject: secret " + std::to_string(number) + "\r\n\r\n";
    outgoing.recipients.push_back(
        {.to = *parse_target("bob@two.test"), .as = Recipient::As::to, .token = "", .root = {}});
    return outgoing;
}

TEST_F(HomeTest, WhatWaitsIsSealedInOrderAndComesBackWhole) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    const OutboxFolder outbox(home, keys, random);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(OutboxFolder(home, keys, random).put(waiting_message(i)));
    const auto names = outbox.names();
    ASSERT_EQ(names.size(), 3U);
    EXPECT_EQ(outbox.get(names[0])->message, "Subject: secret 0\r\n\r\n");
    EXPECT_EQ(outbox.get(names[2])->id, std::string(32, 'c'));
    for (const auto& entry : fs::directory_iterator(home.file("outbox")))
        if (entry.is_regular_file() && entry.path().extension() == ".age")
            EXPECT_EQ(read_private_file(entry.path())->find("secret"), std::string::npos);
    const DeviceKeys others = DeviceKeys::generate(random);
    EXPECT_EQ(OutboxFolder(home, others, random).get(names[0]).error().kind, ErrorKind::untrusted);
    ASSERT_TRUE(outbox.remove(names[0]));
    EXPECT_EQ(outbox.names().size(), 2U);
}

// A writer that is killed leaves whole files; what it had been told is durable is there.
TEST_F(HomeTest, WhatWaitsOutlivesAWriterThatIsKilled) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    for (int round = 0; round < 5; ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t writer = ::fork();
        ASSERT_GE(writer, 0);
        if (writer == 0) {
            OutboxFolder outbox(home, keys, random);
            for (int i = 0;; ++i) {
                const char done = 1;
                if (!outbox.put(waiting_message(round * 1'000 + i)) ||
                    ::write(pipe[1], &done, 1) != 1)
                    ::_exit(1);
            }
        }
        ::close(pipe[1]);
        std::size_t acknowledged = 0;
        char byte = 0;
        while (acknowledged < 3 && ::read(pipe[0], &byte, 1) == 1)
            ++acknowledged;
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        while (::read(pipe[0], &byte, 1) == 1)
            ++acknowledged;
        ::close(pipe[0]);
        const OutboxFolder outbox(home, keys, random);
        const auto names = outbox.names();
        EXPECT_GE(names.size(), acknowledged);
        for (const std::string& name : names) {
            EXPECT_TRUE(outbox.get(name)) << name;
            EXPECT_TRUE(outbox.remove(name));
        }
    }
}

TEST_F(HomeTest, ATruncatedWaitingMessageIsNoMessage) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    OutboxFolder outbox(home, keys, random);
    ASSERT_TRUE(outbox.put(waiting_message(0)));
    const std::string name = outbox.names().front();
    const std::string octets = *read_private_file(home.file("outbox") / name);
    for (const std::size_t left : {std::size_t{0}, octets.size() / 2, octets.size() - 1}) {
        ASSERT_TRUE(write_private_file(home.file("outbox") / name, octets.substr(0, left)));
        EXPECT_FALSE(outbox.get(name)) << left;
    }
    ASSERT_TRUE(outbox.set_aside(name));
    EXPECT_TRUE(outbox.names().empty());
    EXPECT_TRUE(fs::exists(home.file("outbox") / "refused" / name)) << "kept, for the person";
}

TEST_F(HomeTest, AConfigurationComesBackAsItWasWritten) {
    HomeConfig config;
    config.address = *Address::parse("alice@one.test");
    config.device = "laptop";
    config.server_host = "mail.one.test";
    config.server_port = 8443;
    config.ca = "/etc/a \"quoted\" ca.pem";
    config.resolver = "127.0.0.1@5353";
    EXPECT_EQ(*parse_home_config(write_home_config(config)), config);
}

TEST_F(HomeTest, APassphraseFileIsReadByItsOwnerAlone) {
    make();
    write("phrase", "correct horse\r\nsecond line\n");
    EXPECT_EQ(passphrase_of_file(folder / "phrase").error().kind, ErrorKind::denied);
    fs::permissions(folder / "phrase", fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(*passphrase_of_file(folder / "phrase"), "correct horse");
    write("phrase", "\n");
    EXPECT_EQ(passphrase_of_file(folder / "phrase").error().kind, ErrorKind::malformed);
    EXPECT_EQ(passphrase_of_file(folder / "none").error().kind, ErrorKind::io);
}

TEST_F(HomeTest, ADamagedKeyFileIsMalformed) {
    const DeviceKeys keys = DeviceKeys::generate(random);
    const std::string text = write_device_keys(keys, "alice");
    EXPECT_TRUE(parse_device_keys(text));
    for (const std::string& bad : {std::string(), text.substr(0, text.size() / 2), text.substr(60)})
        EXPECT_FALSE(parse_device_keys(bad));
}

TEST_F(HomeTest, AnEmptyFolderIsMadePrivateAndAFullOneIsLeftAlone) {
    fs::create_directories(folder / "empty");
    fs::create_directories(folder / "full");
    for (const char* name : {"empty", "full"})
        fs::permissions(folder / name, fs::perms::all);
    write("full/file", "x");
    EXPECT_TRUE(take_private_folder(folder / "empty"));
    EXPECT_EQ(mode_of(folder / "empty"), 0700U);
    EXPECT_EQ(take_private_folder(folder / "full").error().kind, ErrorKind::denied);
    EXPECT_EQ(mode_of(folder / "full"), 0777U);
}

TEST_F(HomeTest, TwoCommandsDoNotHandOverTheSameMessages) {
    const Home home = make();
    const DeviceKeys keys = DeviceKeys::generate(random);
    const OutboxFolder outbox(home, keys, random);
    const auto held = outbox.lock();
    ASSERT_TRUE(held);
    EXPECT_EQ(outbox.lock().error().kind, ErrorKind::unavailable);
}

TEST(ExitCodes, SayWhatKindOfTroubleItWas) {
    EXPECT_EQ(exit_code_of(usage_error("x")), ExitCode::usage);
    EXPECT_EQ(exit_code_of(fail(ErrorKind::not_found, "x")), ExitCode::not_found);
    EXPECT_EQ(exit_code_of(fail(ErrorKind::untrusted, "x")), ExitCode::keys);
    EXPECT_EQ(exit_code_of(fail(ErrorKind::unavailable, "x")), ExitCode::unavailable);
    EXPECT_EQ(exit_code_of(fail(ErrorKind::io, "x")), ExitCode::failed);
    EXPECT_EQ(exit_code_of(interrupted_error("x")), ExitCode::interrupted);
}

}  // namespace
}  // namespace kith
