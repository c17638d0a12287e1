// two.test's public calls through real sockets: two.test is the server, one.test and its people are
// made of test keys.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "delivery/grant_ledgers.h"
#include "exchange/delivery_intake.h"
#include "exchange/public_http.h"
#include "identity/people_for_tests.h"
#include "net/address.h"
#include "net/net_tests.h"

namespace kith {

inline constexpr std::uint8_t kOneTest = 60;
inline constexpr std::uint8_t kTwoTest = 61;
inline constexpr std::uint64_t kMostBlob = 200'000;

inline Secret secret_of(char name) {
    return Secret::copy_of(Bytes(32, static_cast<std::uint8_t>(name)));
}

/// one.test's record, as the tests want it.
class FakePeers final : public PeerDirectory {
  public:
    awaitable<Result<PeerPtr>> find(std::string domain) override {
        ++asked;
        while (silent) {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                            Milliseconds(1));
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        if (domain != "one.test")
            co_return fail(ErrorKind::not_found, "domain", domain + " has no Kith server");
        auto peer = std::make_shared<Peer>();
        peer->domain = domain;
        peer->record.keys = {key};
        co_return PeerPtr(peer);
    }
    awaitable<Result<PeerPtr>> find_again(std::string domain) override {
        key = next_key.value_or(key);
        return find(std::move(domain));
    }
    bool knows(const std::string& domain) override { return domain == "one.test"; }
    PublicKey key = key_of(kOneTest).public_key();
    std::optional<PublicKey> next_key;
    std::atomic<int> asked{0};
    std::atomic<bool> silent{false};  ///< nobody hears yet
};

class NoMeter final : public DeliveryMeter {
  public:
    void answered(const DeliveryEvent& event) override {
        const std::scoped_lock lock(mutex);
        events.push_back(event);
    }
    void braked(const BrakeEvent& event) override {
        const std::scoped_lock lock(mutex);
        brakes.push_back(event.what);
    }
    void warn(std::string_view /*event*/, std::string_view /*detail*/) override {}
    std::mutex mutex;
    std::vector<DeliveryEvent> events;
    std::vector<BrakeEvent::What> brakes;
};

struct Answer {
    unsigned status = 0;
    std::string type, detail, body;
    HttpHeaders headers;
};

class IntakeTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder;
    SystemRandom random;
    ManualClock clock{kStart + Seconds(60)};
    TokenMaker tokens{secret_of('t')};
    StrangerPrice price{"two.test", secret_of('p'), {.least = 64}};
    SigningKey domain_key = key_of(kTwoTest);
    SigningKey log_key = key_of(70);
    VrfKey vrf = *VrfKey::from_seed(Bytes(32, 1));
    OwnLog log{"two.test", log_key, vrf};
    IoThreads threads{2};  // outlives the store and the workers, which post to it
    std::unique_ptr<Store> store;
    std::unique_ptr<Inbound> inbound;
    FakePeers peers;
    NoMeter meter;
    std::atomic<int> changes{0};
    std::unique_ptr<WorkerPool> workers;
    AdmissionOptions admission_options;
    std::unique_ptr<Admission> admission;
    std::unique_ptr<HttpClient> client;
    SigningKey witness_key = key_of(72);
    std::vector<SignedCheckpoint> own_seen;
    std::unique_ptr<PeerLogs> logs;
    std::unique_ptr<WitnessDesk> witness;
    std::unique_ptr<CardLookup> cards;
    std::unique_ptr<VouchIntake> vouches;
    std::unique_ptr<VouchPull> pull;
    std::unique_ptr<DeliveryIntake> intake;
    std::unique_ptr<NoteIntake> notes;
    std::unique_ptr<HttpServer> server;
    AccountId bob = 0;
    SignedCard alice = first_card();
    std::string body = "sealed octets";

    void SetUp() override {
        ASSERT_TRUE(alice.note.cosign("one.test", key_of(kOneTest)));
        store = std::move(*open_store({.folder = folder.path() / "store", .min_free_octets = 1}));
        InboundOptions options;
        options.domain = "two.test";
        options.most_blob_octets = kMostBlob;
        inbound = std::make_unique<Inbound>(options, tokens, price, domain_key);
        workers = std::make_unique<WorkerPool>(2, lanes_of(admission_options));
        admission = std::make_unique<Admission>(admission_options, secret_of('c'), *workers, clock);
        client = testing::TestServer::make_client(threads.executor(0));
        logs = std::make_unique<PeerLogs>(PeerLogServices{
            *store,
            *workers,
            clock,
            peers,
            *client,
            meter,
            std::make_shared<const WitnessPolicy>(),
            folder.path() / "evidence",
            "two.test",
            [this](SignedCheckpoint seen) { own_seen.push_back(std::move(seen)); }});
        witness = std::make_unique<WitnessDesk>(
            WitnessServices{*store, *workers, clock, peers, *logs, witness_key, "two.test"});
        cards = std::make_unique<CardLookup>(peers, *client, *store, *workers, clock, *logs);
        const ChangeSink changed = [this](AccountId, const std::set<ObjectType>&, ModSeq) {
            ++changes;
        };
        vouches = std::make_unique<VouchIntake>(
            VouchServices{*store, clock, peers, domain_key, "two.test", {domain_key.public_key()}});
        pull = std::make_unique<VouchPull>(threads.executor(0),
                                           VouchPullServices{*store,
                                                             *workers,
                                                             clock,
                                                             random,
                                                             *inbound,
                                                             peers,
                                                             *client,
                                                             *vouches,
                                                             meter,
                                                             changed,
                                                             "two.test"});
        intake = std::make_unique<DeliveryIntake>(IntakeServices{*store,
                                                                 *workers,
                                                                 clock,
                                                                 *inbound,
                                                                 peers,
                                                                 *cards,
                                                                 *logs,
                                                                 *pull,
                                                                 meter,
                                                                 *admission,
                                                                 changed,
                                                                 "two.test",
                                                                 {domain_key.public_key()},
                                                                 kMostBlob});
        notes = std::make_unique<NoteIntake>(
            threads.executor(0),
            NoteServices{*store, *workers, clock, *cards, peers, meter, *admission, changed});
        serve();
    }
    void TearDown() override {
        server->stop(Milliseconds(2'000));
        testing::await(threads.executor(0), pull->stop(Milliseconds(2'000)));
        testing::await(threads.executor(0), notes->stop(Milliseconds(2'000)));
        testing::await(threads.executor(0), client->stop());
        threads.stop();
    }

    void serve() {
        auto handler = std::make_shared<PublicHttp>(PublicServices{*store,
                                                                   *workers,
                                                                   clock,
                                                                   *intake,
                                                                   *notes,
                                                                   log,
                                                                   *witness,
                                                                   *vouches,
                                                                   "two.test",
                                                                   "v=kith1; host=mail.two.test"});
        const auto certificate = testing::TestServer::authority().issue("localhost");
        HttpServerOptions options;
        options.listen = {*parse_endpoint("127.0.0.1:0")};
        server =
            std::move(*HttpServer::open(threads,
                                        std::move(options),
                                        *TlsIdentity::from_pem(certificate.chain, certificate.key),
                                        handler));
    }

    void add_bob() {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            AccountRecord account;
            account.address = "bob@two.test";
            account.created = kStart;
            bob = TRY(write.add_account(account));
            return {};
        }));
    }
    void know_alice(GrantRecord::Level level = GrantRecord::Level::known) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            GrantRecord record;
            record.root = alice.root();
            record.address = "alice@one.test";
            record.level = level;
            begin_ledger(record, write, bob, kStart);
            write.put_grant(bob, record);
            return {};
        }));
    }

    Stub stub(const std::string& id = std::string(32, 'a')) const {
        Stub out;
        out.id = id;
        out.time = kStart;
        out.expires = kStart + std::chrono::days(30);
        out.from = alice.card.address;
        out.root = alice.root();
        out.card = alice.hash;
        out.to = *parse_target("bob@two.test");
        out.blob = sha256(body);
        out.size = body.size();
        out.keys = "keys";
        return out;
    }
    DeliveryParts parts(const Stub& stub,
                        std::uint8_t device = kLaptop,
                        std::uint8_t domain = kOneTest) const {
        SignedNote note =
            *SignedNote::sign(write_stub(stub), alice.card.key_name("laptop"), key_of(device));
        EXPECT_TRUE(note.cosign(stub.from.domain(), key_of(domain)));
        DeliveryParts out;
        out.cards = {alice.note.octets()};
        out.stub = note.octets();
        return out;
    }

    Answer call(HttpCall what) {
        const HttpOrigin origin{"localhost",
                                server->endpoints().front().port(),
                                {boost::asio::ip::make_address("127.0.0.1")}};
        const auto reply =
            testing::await(threads.executor(0), client->request(origin, std::move(what)));
        if (!reply)
            return {
                .status = 0, .type = reply.error().text(), .detail = {}, .body = {}, .headers = {}};
        const auto problem = answer_problem(as_text(reply->body), static_cast<int>(reply->status));
        return {reply->status, problem.type, problem.detail, to_text(reply->body), reply->headers};
    }
    Answer post(const std::string& path, const std::string& octets) {
        HttpCall what;
        what.method = "POST";
        what.path = path;
        what.body = to_bytes(octets);
        return call(std::move(what));
    }
    Answer get(const std::string& path, HttpHeaders headers = {}) {
        HttpCall what;
        what.path = path;
        what.headers = std::move(headers);
        return call(std::move(what));
    }
    Answer deliver(const DeliveryParts& parts) {
        return post("/kith/1/deliveries", write_delivery(parts, body.size()) + body);
    }
    std::size_t messages() const { return store->read()->messages(bob, {}).ids.size(); }
};

}  // namespace kith
