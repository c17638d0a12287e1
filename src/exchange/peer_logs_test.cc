// two.test follows the log of one.test through real sockets; one.test's log is real, and so is the
// other one that it shows to other people.
#include "exchange/peer_logs.h"

#include <gtest/gtest.h>

#include <fstream>

#include "exchange/own_log.h"
#include "exchange/witness_tests.h"
#include "identity/directory_tests.h"

namespace kith {
namespace {

const std::string kOneTest = "one.test";

/// one.test's server: serves the tiles of whichever log it is told to.
class TilesHandler final : public HttpHandler {
  public:
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override {
        const auto read = store.load()->read();
        if (request->path == "/kith/1/log/checkpoint") {
            ++asked;
            co_return text_response(
                200, "text/plain; charset=utf-8", (*OwnLog::checkpoint(*read))->note.octets());
        }
        const auto name = parse_tile_path(std::string_view(request->path).substr(12));
        auto octets = name && !away ? OwnLog::tile(*read, *name)
                                    : Result<Bytes>(fail(ErrorKind::not_found, "tile"));
        ++asked;
        if (!octets)
            co_return HttpResponse{.status = 404, .headers = {}, .body = Bytes()};
        co_return HttpResponse{.status = 200, .headers = {}, .body = *std::move(octets)};
    }
    std::atomic<Store*> store = nullptr;
    std::atomic<bool> away = false;
    std::atomic<int> asked = 0;
};

class PeerLogsTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder;
    ManualClock clock{kLogStart};
    SigningKey key = key_of(70);
    VrfKey vrf = vrf_of(1);
    OwnLog one{kOneTest, key, vrf};
    IoThreads threads{2};  // outlives the stores and the workers, which post to it
    std::unique_ptr<Store> honest = open("honest");
    std::unique_ptr<Store> fork = open("fork");
    std::unique_ptr<Store> ours = open("ours");
    WorkerPool workers{2, 1'000};
    std::shared_ptr<TilesHandler> handler = std::make_shared<TilesHandler>();
    LoopbackServer server{threads, handler};
    std::unique_ptr<HttpClient> client;
    KnownPeers peers;
    Warnings meter;
    std::vector<SignedCheckpoint> own;
    std::unique_ptr<PeerLogs> logs;

    std::unique_ptr<Store> open(const std::string& name) {
        return *open_store({.folder = folder.path() / name, .min_free_octets = 1});
    }
    void SetUp() override {
        handler->store = honest.get();
        client = testing::TestServer::make_client(threads.executor(0));
        peers.add(kOneTest, server.origin(), record_with_log(key.public_key()));
        begin();
    }
    /// The server starts, with what its store has.
    void begin() {
        logs = std::make_unique<PeerLogs>(
            PeerLogServices{*ours,
                            workers,
                            clock,
                            peers,
                            *client,
                            meter,
                            std::make_shared<const WitnessPolicy>(),
                            folder.path() / "evidence",
                            "two.test",
                            [this](SignedCheckpoint seen) { own.push_back(std::move(seen)); }});
    }
    void TearDown() override {
        server.stop();
        testing::await(threads.executor(0), client->stop());
        threads.stop();
    }

    static Hash card(const std::string& text) { return sha256(text); }
    /// Appends so many cards of alice, and publishes; answers the checkpoint.
    SignedCheckpoint grow(Store& store, int count, const std::string& flavour = "") {
        const auto done = store.write_and_wait([&](WriteTransaction& write) -> Result<void> {
            const std::uint64_t size = write.log_size();
            for (int i = 0; i < count; ++i)
                TRY(one.add(
                    write, kAlice, card(flavour + std::to_string(size) + "/" + std::to_string(i))));
            return one.keep(write, TRY(one.sign(write)));
        });
        EXPECT_TRUE(done);
        return **OwnLog::checkpoint(*store.read());
    }
    template <class T>
    T await(awaitable<T> call) {
        return testing::await(threads.executor(0), std::move(call));
    }
    PeerPtr peer() const { return peers.peers.at(kOneTest); }
    Result<void> see(const SignedCheckpoint& checkpoint) {
        return await(logs->see(peer(), checkpoint));
    }
    std::optional<KnownLogRecord> known() { return ours->read()->known_log(kOneTest); }
    std::uint64_t known_size() {
        return read_checkpoint(known()->checkpoint)->checkpoint.head.size;
    }
};

TEST_F(PeerLogsTest, ALogThatGrowsIsFollowedWithFewTiles) {
    ASSERT_TRUE(see(grow(*honest, 700)));
    EXPECT_EQ(handler->asked, 0);
    const auto larger = grow(*honest, 900);
    const auto seen = see(larger);
    ASSERT_TRUE(seen) << seen.error().text();
    EXPECT_EQ(known_size(), 1'601U);
    EXPECT_LE(handler->asked, 8);
    const int asked = handler->asked;
    ASSERT_TRUE(see(larger));
    EXPECT_EQ(handler->asked, asked);
    EXPECT_EQ(logs->lately_seen().at(kOneTest), larger.note.octets());
}

TEST_F(PeerLogsTest, AnOlderCheckpointIsHeldAgainstTheNewestAndDoesNotReplaceIt) {
    const auto older = grow(*honest, 3);
    ASSERT_TRUE(see(grow(*honest, 3)));
    EXPECT_TRUE(see(older));
    EXPECT_EQ(known_size(), 7U);
}

TEST_F(PeerLogsTest, TwoTreesOfOneSizeAreEvidenceOnDisk) {
    ASSERT_TRUE(see(grow(*honest, 5)));
    const auto lie = see(grow(*fork, 5, "fork"));
    EXPECT_EQ(lie.error().where, "log");
    EXPECT_EQ(lie.error().kind, ErrorKind::untrusted);
    const auto evidence = parse_equivocation(known()->evidence);
    ASSERT_TRUE(evidence);
    EXPECT_TRUE(check_equivocation(*evidence, log_keys(kOneTest, std::array{key.public_key()})));
    EXPECT_EQ(meter.events, std::vector<std::string>{"log-equivocation"});
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder.path() / "evidence")) {
        std::ifstream in(file.path());
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), known()->evidence);
        ++files;
    }
    EXPECT_EQ(files, 1U);
    EXPECT_FALSE(see(grow(*honest, 1)));  // whatever it says from now on
}

TEST_F(PeerLogsTest, ALargerTreeThatDidNotGrowOutOfTheKnownOneIsEvidence) {
    ASSERT_TRUE(see(grow(*honest, 300)));
    const auto other = grow(*fork, 900, "fork");
    handler->store = fork.get();
    EXPECT_EQ(see(other).error().kind, ErrorKind::untrusted);
    const auto evidence = parse_equivocation(known()->evidence);
    ASSERT_TRUE(evidence && evidence->prefix);
    EXPECT_TRUE(check_equivocation(*evidence, log_keys(kOneTest, std::array{key.public_key()})));
}

TEST_F(PeerLogsTest, ALogThatDoesNotShowHowItGrewIsNotBelievedAndNotCondemned) {
    ASSERT_TRUE(see(grow(*honest, 300)));
    const auto larger = grow(*honest, 300);
    handler->away = true;
    EXPECT_EQ(see(larger).error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(known()->evidence.empty());
    EXPECT_EQ(known_size(), 301U);
    handler->store = fork.get();  // others' tiles
    grow(*fork, 600, "fork");
    handler->away = false;
    EXPECT_FALSE(see(larger));
    EXPECT_TRUE(known()->evidence.empty());
}

TEST_F(PeerLogsTest, ACheckpointThatTheLogDidNotSignSaysNothing) {
    ASSERT_TRUE(see(grow(*honest, 5)));
    const auto forged = *sign_checkpoint({log_origin(kOneTest), {6, sha256("x")}, {}}, key_of(71));
    EXPECT_FALSE(see(forged));
    EXPECT_TRUE(known()->evidence.empty());
}

TEST_F(PeerLogsTest, ACardNeedsItsProofUnlessSomebodyHasPinnedItsRoot) {
    const Hash root = sha256("root");
    const Hash newest = card("1");
    ASSERT_TRUE(honest->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        TRY(one.add(write, kAlice, newest));
        return one.keep(write, TRY(one.sign(write)));
    }));
    const auto admit = [&](const Hash& which, std::optional<std::string> proof) {
        return await(logs->admit(peer(), {kAlice, root, which, std::move(proof)}));
    };
    EXPECT_EQ(admit(newest, std::nullopt).error().kind, ErrorKind::not_found);
    const std::string proof = *one.proof(*honest->read(), kAlice, newest);
    EXPECT_FALSE(admit(card("another"), proof));
    EXPECT_FALSE(logs->is_admitted(newest));
    ASSERT_TRUE(admit(newest, proof));
    EXPECT_TRUE(logs->is_admitted(newest));
    EXPECT_TRUE(admit(newest, std::nullopt));  // proven for good

    ASSERT_TRUE(ours->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        GrantRecord grant;
        grant.root = root;
        grant.address = kAlice.text();
        write.put_grant(1, grant);
        return {};
    }));
    EXPECT_TRUE(admit(card("another"), std::nullopt));
    EXPECT_FALSE(logs->is_admitted(card("another")));
}

TEST_F(PeerLogsTest, WhatIsHeardOfTheOwnLogIsPassedOnAndUnknownLogsAreNotAskedFor) {
    const auto checkpoint = grow(*honest, 2);
    const auto of_ours =
        *sign_checkpoint({log_origin("two.test"), {9, sha256("x")}, {}}, key_of(1));
    await(logs->hear({"nonsense", checkpoint.note.octets(), of_ours.note.octets()}));
    EXPECT_FALSE(known());
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own.front().checkpoint.head.size, 9U);
    ASSERT_TRUE(see(checkpoint));
    const auto larger = grow(*honest, 2);
    await(logs->hear({larger.note.octets()}));
    EXPECT_EQ(known_size(), 5U);
}

TEST_F(PeerLogsTest, APeerIsAskedForItsCheckpointOnceInTenMinutes) {
    const auto ask = [&] { await(logs->ask(peer())); };
    grow(*honest, 3);
    ask();
    EXPECT_EQ(known_size(), 4U);
    grow(*honest, 3);
    clock.advance(Seconds(599));
    ask();
    EXPECT_EQ(handler->asked, 1);
    EXPECT_EQ(known_size(), 4U);
    clock.advance(Seconds(1));
    ask();
    EXPECT_EQ(known_size(), 7U);
    peers.add(kOneTest, server.origin(), {});  // a domain without a log
    clock.advance(Seconds(600));
    const int asked = handler->asked;
    ask();
    EXPECT_EQ(handler->asked, asked);
}

TEST_F(PeerLogsTest, APeerThatShowsAnotherTreeWhenItIsAskedIsFoundOut) {
    ASSERT_TRUE(see(grow(*honest, 5)));
    grow(*fork, 5, "fork");
    handler->store = fork.get();
    await(logs->ask(peer()));
    EXPECT_FALSE(known()->evidence.empty());
    EXPECT_EQ(meter.events, std::vector<std::string>{"log-equivocation"});
}

TEST_F(PeerLogsTest, ARestartForgetsNothingThatWasSeen) {
    const auto before = grow(*honest, 5);
    ASSERT_TRUE(see(before));
    begin();
    EXPECT_EQ(logs->lately_seen().at(kOneTest), before.note.octets());
    EXPECT_FALSE(see(grow(*fork, 5, "fork")));
    EXPECT_FALSE(known()->evidence.empty());
    begin();
    EXPECT_FALSE(see(before));  // it lied, and is not believed again
}

TEST_F(PeerLogsTest, OfManyLogsThoseThatWereSeenLastAreToldToOthers) {
    ASSERT_TRUE(ours->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        for (int i = 0; i < 20; ++i) {
            KnownLogRecord known;
            known.domain = "n" + std::to_string(i) + ".test";
            known.checkpoint = "of " + known.domain;
            known.updated = kLogStart - Seconds(100 - i);
            write.put_known_log(known);
        }
        return {};
    }));
    begin();
    EXPECT_EQ(logs->lately_seen().size(), 16U);
    EXPECT_FALSE(logs->lately_seen().contains("n3.test"));
    ASSERT_TRUE(see(grow(*honest, 1)));
    const auto seen = logs->lately_seen();
    EXPECT_EQ(seen.size(), 16U);
    EXPECT_TRUE(seen.contains(kOneTest) && seen.contains("n19.test") && !seen.contains("n4.test"));
}

}  // namespace
}  // namespace kith
