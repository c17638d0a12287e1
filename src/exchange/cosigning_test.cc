// one.test's log asks witnesses through real sockets: good ones, and others.
#include "exchange/cosigning.h"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exchange/answers.h"
#include "exchange/witness_tests.h"
#include "identity/directory_tests.h"
#include "tlog/witness.h"

namespace kith {
namespace {

const std::string kOneTest = "one.test";

/// A witness that answers as it is told to; as made, as tlog-witness says.
class Witness final : public HttpHandler {
  public:
    enum class Mood { honest, silent, lying_size, garbled_size, wrong_key, nonsense, refusing };

    Witness(std::string domain, std::uint8_t key, NamedKey log)
        : name_(witness_name(domain)), key_(key_of(key)), log_{{std::move(log)}, std::nullopt} {}

    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override {
        if (mood == Mood::silent) {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, Seconds(20));
            co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
        if (request->method == "GET")
            co_return shown.empty() ? problem_answer(Problem::not_found)
                                    : text_response(200, "text/plain; charset=utf-8", shown);
        const auto body = co_await request->body->read_all(kMaxAddCheckpoint);
        ++asked;
        co_return answer(*parse_add_checkpoint(as_text(*body)));
    }
    PublicKey key() const { return key_.public_key(); }
    /// What it has cosigned already.
    void knows(const SignedCheckpoint& checkpoint) { log_.newest = checkpoint; }

    std::atomic<Mood> mood = Mood::honest;
    std::atomic<int> asked = 0;
    std::string shown;  ///< what it says that it has cosigned

  private:
    static HttpResponse text(const WitnessAnswer& said) {
        return text_response(
            static_cast<unsigned>(said.status), said.content_type, std::string(said.body));
    }
    HttpResponse answer(const AddCheckpoint& asked_for) {
        const SigningKey another = key_of(99);
        switch (mood.load()) {
            case Mood::lying_size:
                return text({409, "text/x.tlog.size", "1000000\n"});
            case Mood::garbled_size:
                return text({409, "text/x.tlog.size", "many\n"});
            case Mood::wrong_key:
                return text(*acceptance(asked_for.checkpoint, name_, another, kLogStart));
            case Mood::nonsense:
                return text({200, "text/plain", "yes\n"});
            case Mood::refusing:
                return text({403, "text/plain", "no\n"});
            default:
                break;
        }
        const Judgement judged = judge(asked_for, &log_);
        if (judged.outcome != Judgement::Outcome::cosign)
            return text(refusal(judged));
        log_.newest = asked_for.checkpoint;
        return text(*acceptance(asked_for.checkpoint, name_, key_, kLogStart));
    }

    const std::string name_;
    const SigningKey key_;
    WitnessedLog log_;
};

class CosigningTest : public ::testing::Test {
  protected:
    testing::TemporaryFolder folder;
    SigningKey key = key_of(70);
    VrfKey vrf = vrf_of(1);
    OwnLog log{kOneTest, key, vrf};
    IoThreads threads{2};  // outlives the store and the workers, which post to it
    std::unique_ptr<Store> store =
        *open_store({.folder = folder.path() / "store", .min_free_octets = 1});
    WorkerPool workers{2, 1'000};
    NamedKey named{log.origin(), key.public_key()};
    std::shared_ptr<Witness> two = std::make_shared<Witness>("two.test", 2, named);
    std::shared_ptr<Witness> three = std::make_shared<Witness>("three.test", 3, named);
    LoopbackServer two_server{threads, two};
    LoopbackServer three_server{threads, three};
    std::unique_ptr<HttpClient> client = testing::TestServer::make_client(threads.executor(0));
    KnownPeers peers;
    std::unique_ptr<Cosigning> cosigning;

    void SetUp() override {
        peers.add("two.test", two_server.origin(), record_with_witness(two->key()));
        peers.add("three.test", three_server.origin(), record_with_witness(three->key()));
        begin();
    }
    void TearDown() override {
        two_server.stop();
        three_server.stop();
        testing::await(threads.executor(0), client->stop());
        threads.stop();
    }
    /// As after a restart: sizes are not kept.
    void begin(Milliseconds deadline = Milliseconds(10'000)) {
        cosigning =
            std::make_unique<Cosigning>(CosignServices{.store = *store,
                                                       .workers = workers,
                                                       .peers = peers,
                                                       .client = *client,
                                                       .log = log,
                                                       .witnesses = {"two.test", "three.test"},
                                                       .deadline = deadline});
    }
    SignedCheckpoint grow(int count) {
        EXPECT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            const std::uint64_t size = write.log_size();
            for (int i = 0; i < count; ++i)
                TRY(log.add(write, kAlice, sha256(std::to_string(size) + "/" + std::to_string(i))));
            return {};
        }));
        return *log.sign(*store->read());
    }
    Cosigning::Collected collect(const SignedCheckpoint& checkpoint) {
        return testing::await(threads.executor(0), cosigning->collect(checkpoint));
    }
    /// Whose cosignatures a checkpoint has.
    std::vector<std::string> cosigners(const Cosigning::Collected& collected) {
        const std::vector<CosignerKey> known = {{witness_name("two.test"), two->key()},
                                                {witness_name("three.test"), three->key()}};
        std::vector<std::string> names;
        for (const Cosignature& each : *verify_cosignatures(collected.checkpoint.note, known))
            names.push_back(known[each.key].name);
        return names;
    }
    const std::string by_two = witness_name("two.test");
    const std::string by_three = witness_name("three.test");
};

TEST_F(CosigningTest, all_witnesses_cosign_what_has_grown) {
    for (const int more : {4, 300}) {
        const auto collected = collect(grow(more));
        EXPECT_TRUE(collected.failures.empty());
        EXPECT_EQ(cosigners(collected), (std::vector<std::string>{by_two, by_three}));
    }
    EXPECT_EQ(two->asked, 2);  // it is remembered what each has seen
}

TEST_F(CosigningTest, a_409_is_answered_with_the_growth_from_there) {
    two->knows(grow(7));
    const auto collected = collect(grow(500));
    EXPECT_TRUE(collected.failures.empty());
    EXPECT_EQ(two->asked, 2);
    EXPECT_EQ(three->asked, 1);
    EXPECT_EQ(cosigners(collected), (std::vector<std::string>{by_two, by_three}));
}

TEST_F(CosigningTest, after_a_restart_witnesses_say_where_they_are) {
    collect(grow(3));
    begin();
    const auto collected = collect(grow(3));
    EXPECT_TRUE(collected.failures.empty());
    EXPECT_EQ(two->asked, 3);
}

TEST_F(CosigningTest, a_witness_that_is_silent_costs_its_deadline_and_no_other_cosignature) {
    two->mood = Witness::Mood::silent;
    begin(Milliseconds(300));
    const auto collected = collect(grow(3));
    ASSERT_EQ(collected.failures.size(), 1U);
    EXPECT_TRUE(collected.failures[0].where.starts_with("two.test"))
        << collected.failures[0].text();
    EXPECT_EQ(collected.failures[0].kind, ErrorKind::timeout);
    EXPECT_EQ(cosigners(collected), std::vector<std::string>{by_three});
}

TEST_F(CosigningTest, who_claims_a_larger_log_and_shows_none_does_not_stop_ours) {
    two->mood = Witness::Mood::lying_size;
    const auto is_unproven = [&](const SignedCheckpoint& checkpoint) {
        const auto collected = collect(checkpoint);
        EXPECT_EQ(collected.failures.size(), 1U);
        EXPECT_EQ(collected.failures[0].kind, ErrorKind::untrusted);
        EXPECT_EQ(cosigners(collected), std::vector<std::string>{by_three});
    };
    is_unproven(grow(3));
    two->shown = grow(1).note.octets();  // one of ours that is smaller
    is_unproven(grow(1));
    two->shown = sign_checkpoint({log.origin(), {1'000'000, sha256("x")}, {}}, key_of(71))
                     ->note.octets();  // larger, and another's
    is_unproven(grow(1));
    two->mood = Witness::Mood::honest;  // it is not held against it
    EXPECT_TRUE(collect(grow(1)).failures.empty());
}

TEST_F(CosigningTest, who_shows_a_larger_log_that_our_key_signed_is_a_conflict) {
    two->mood = Witness::Mood::lying_size;
    two->shown = sign_checkpoint({log.origin(), {1'000'000, sha256("x")}, {}}, key)->note.octets();
    const auto collected = collect(grow(3));
    ASSERT_EQ(collected.failures.size(), 1U);
    EXPECT_EQ(collected.failures[0].kind, ErrorKind::conflict);
}

TEST_F(CosigningTest, what_is_no_cosignature_of_the_witness_is_not_added) {
    for (const auto mood : {Witness::Mood::wrong_key,
                            Witness::Mood::nonsense,
                            Witness::Mood::garbled_size,
                            Witness::Mood::refusing}) {
        two->mood = mood;
        const auto collected = collect(grow(2));
        ASSERT_EQ(collected.failures.size(), 1U);
        EXPECT_NE(collected.failures[0].kind, ErrorKind::conflict);
        EXPECT_TRUE(collected.failures[0].where.starts_with("two.test"));
        EXPECT_EQ(cosigners(collected), std::vector<std::string>{by_three});
    }
}

TEST_F(CosigningTest, a_domain_that_is_no_witness_or_cannot_be_found_is_a_failure_of_its_own) {
    peers.add("two.test", two_server.origin(), {});
    peers.peers.erase("three.test");
    const auto collected = collect(grow(2));
    ASSERT_EQ(collected.failures.size(), 2U);
    EXPECT_TRUE(cosigners(collected).empty());
    EXPECT_EQ(two->asked, 0);
}

TEST_F(CosigningTest, what_witnesses_remember_is_asked_for_at_the_start) {
    const auto checkpoint = grow(2);
    two->shown = checkpoint.note.octets();
    three->mood = Witness::Mood::silent;
    begin(Milliseconds(300));
    const auto remembered = testing::await(threads.executor(0), cosigning->remembered());
    ASSERT_EQ(remembered.size(), 2U);
    ASSERT_TRUE(remembered[0] && *remembered[0]);
    EXPECT_EQ((*remembered[0])->checkpoint, checkpoint.checkpoint);
    EXPECT_EQ(remembered[1].error().kind, ErrorKind::timeout);
}

}  // namespace
}  // namespace kith
