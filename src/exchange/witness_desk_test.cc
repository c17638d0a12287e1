// two.test is the witness of one.test's log, asked through real sockets (c2sp.org/tlog-witness).
#include "exchange/witness_desk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "exchange/answers.h"
#include "exchange/witness_tests.h"
#include "identity/directory_log.h"
#include "tlog/tlog_tests.h"

namespace kith {
namespace {

const std::string kOneTest = "one.test";
const std::string kWitness = "two.test/kith/1/witness";

class DeskHandler final : public HttpHandler {
  public:
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override {
        if (request->method == "POST")
            co_return co_await desk.load()->add_checkpoint(std::move(request));
        const auto origin = parse_hash_hex(request->path.substr(1));
        co_return origin ? co_await desk.load()->give_checkpoint(*origin)
                         : problem_answer(Problem::not_found);
    }
    std::atomic<WitnessDesk*> desk = nullptr;
};

class WitnessDeskTest : public ::testing::Test {
  protected:
    struct Answer {
        unsigned status = 0;
        std::string type;
        std::string body;
    };

    testing::TemporaryFolder folder;
    ManualClock clock{kLogStart};
    SigningKey key = key_of(2);
    TestLog log;
    TestLog fork;
    IoThreads threads{2};  // outlives the store and the workers, which post to it
    std::unique_ptr<Store> store;
    WorkerPool workers{2, 1'000};
    std::shared_ptr<DeskHandler> handler = std::make_shared<DeskHandler>();
    LoopbackServer server{threads, handler};
    std::unique_ptr<HttpClient> client = testing::TestServer::make_client(threads.executor(0));
    KnownPeers peers;
    Warnings meter;
    std::unique_ptr<PeerLogs> logs;
    std::unique_ptr<WitnessDesk> desk;

    void SetUp() override {
        log.grow(20);
        fork.grow(4).grow(16, "fork");
        peers.add(kOneTest, {}, record_with_log(log.key().public_key()));
        open();
        write([](WriteTransaction& write) -> Result<void> {
            KnownLogRecord known;
            known.domain = kOneTest;
            write.put_known_log(known);
            return {};
        });
    }
    void TearDown() override {
        server.stop();
        testing::await(threads.executor(0), client->stop());
        threads.stop();
    }
    /// The server starts, with what the disk has.
    void open() {
        desk.reset();
        logs.reset();
        store.reset();
        store = *open_store({.folder = folder.path() / "store", .min_free_octets = 1});
        logs = std::make_unique<PeerLogs>(PeerLogServices{*store,
                                                          workers,
                                                          clock,
                                                          peers,
                                                          *client,
                                                          meter,
                                                          std::make_shared<const WitnessPolicy>(),
                                                          folder.path() / "evidence",
                                                          "two.test",
                                                          [](const SignedCheckpoint&) {}});
        desk = std::make_unique<WitnessDesk>(
            WitnessServices{*store, workers, clock, peers, *logs, key, "two.test"});
        handler->desk = desk.get();
    }
    void write(const Store::Work& work) { ASSERT_TRUE(store->write_and_wait(work)); }

    Answer call(HttpCall call) {
        const auto reply =
            testing::await(threads.executor(0), client->request(server.origin(), std::move(call)));
        if (!reply)
            return {0, "", reply.error().text()};
        return {reply->status,
                std::string(reply->headers.find("content-type").value_or("")),
                std::string(as_text(reply->body))};
    }
    Answer post(const std::string& body) {
        HttpCall post;
        post.method = "POST";
        post.path = "/add-checkpoint";
        post.body = to_bytes(body);
        return call(std::move(post));
    }
    Answer get(const std::string& path) {
        HttpCall get;
        get.path = path;
        return call(std::move(get));
    }
    Answer add(std::uint64_t old, std::vector<Hash> proof, const SignedCheckpoint& checkpoint) {
        return post(write_add_checkpoint({old, std::move(proof), checkpoint}));
    }
    /// As the log itself asks.
    Answer grow(const TestLog& of, std::uint64_t old, std::uint64_t size) {
        return add(old, old == 0 ? std::vector<Hash>() : of.from(old, size), of.at(size));
    }
    std::uint64_t cosigned_size() {
        const auto known = store->read()->known_log(kOneTest);
        return known->cosigned.empty() ? 0 : read_checkpoint(known->cosigned)->checkpoint.head.size;
    }
};

TEST_F(WitnessDeskTest, what_has_grown_out_of_the_last_is_cosigned_at_the_time_it_is) {
    for (const std::uint64_t size : {5U, 5U, 12U}) {
        const std::uint64_t old = cosigned_size();
        const Answer answer = grow(log, old, size);
        ASSERT_EQ(answer.status, 200U) << answer.body;
        EXPECT_EQ(answer.type, "text/plain; charset=utf-8");
        SignedCheckpoint cosigned = log.at(size);
        const auto lines = parse_signatures(answer.body);
        ASSERT_TRUE(lines);
        ASSERT_EQ(lines->size(), 1U);
        ASSERT_TRUE(cosigned.note.add(lines->front()));
        const CosignerKey witness{kWitness, key.public_key()};
        EXPECT_EQ(*verify_cosignatures(cosigned.note, {&witness, 1}),
                  (std::vector<Cosignature>{{0, clock.now()}}));
        EXPECT_EQ(cosigned_size(), size);
        clock.advance(Seconds(60));
    }
    const Answer newest = get("/" + sha256(log.origin()).hex_text());
    EXPECT_EQ(newest.status, 200U);
    EXPECT_EQ(newest.body, log.at(12).note.octets());
    EXPECT_EQ(get("/" + sha256("another").hex_text()).status, 404U);
}

TEST_F(WitnessDeskTest, what_is_malformed_is_400_and_what_is_too_long_is_not_read) {
    EXPECT_EQ(post("").status, 400U);
    EXPECT_EQ(post("old 05\n\n" + log.at(5).note.octets()).status, 400U);
    const Answer broken = post("old 0\n\nnonsense\n");
    EXPECT_EQ(broken.status, 400U);
    EXPECT_EQ(broken.type, "text/plain; charset=utf-8");
    EXPECT_TRUE(broken.body.starts_with("checkpoint: ")) << broken.body;
    EXPECT_EQ(add(7, {}, log.at(5)).status, 400U);  // an old size over the checkpoint's
    const std::string valid = write_add_checkpoint({0, {}, log.at(5)});
    EXPECT_EQ(post(valid + std::string(kMaxAddCheckpoint, 'x')).status, 413U);
    EXPECT_EQ(cosigned_size(), 0U);
}

TEST_F(WitnessDeskTest, a_checkpoint_that_no_key_of_the_log_signed_is_403) {
    TestLog other(log.origin(), 71);
    other.grow(5);
    EXPECT_EQ(grow(other, 0, 5).status, 403U);
    // Its key signed another text.
    std::string forged = write_add_checkpoint({0, {}, log.at(5)});
    forged.replace(forged.find("\n5\n"), 3, "\n6\n");
    EXPECT_EQ(post(forged).status, 403U);
    EXPECT_EQ(cosigned_size(), 0U);
}

TEST_F(WitnessDeskTest, a_log_that_is_not_known_is_404_and_nobody_is_asked_for_it) {
    for (const char* origin : {"nine.test/kith/1/log", "one.test/another", "two.test/kith/1/log"}) {
        TestLog unknown(origin);
        EXPECT_EQ(grow(unknown.grow(5), 0, 5).status, 404U) << origin;
    }
    EXPECT_EQ(peers.asked, 0);
    // A domain that has no log.
    peers.add(kOneTest, {}, {});
    EXPECT_EQ(grow(log, 0, 5).status, 404U);
}

TEST_F(WitnessDeskTest, another_old_size_is_409_with_the_one_that_is_known) {
    ASSERT_EQ(grow(log, 0, 5).status, 200U);
    for (const std::uint64_t old : {0U, 3U, 6U}) {
        const Answer answer = grow(log, old, 12);
        EXPECT_EQ(answer.status, 409U);
        EXPECT_EQ(answer.type, "text/x.tlog.size");
        EXPECT_EQ(answer.body, "5\n");
    }
}

TEST_F(WitnessDeskTest, nothing_rolls_the_log_back_not_even_a_restart) {
    ASSERT_EQ(grow(log, 0, 12).status, 200U);
    EXPECT_EQ(grow(log, 0, 5).body, "12\n");
    EXPECT_EQ(grow(log, 5, 5).body, "12\n");
    open();
    EXPECT_EQ(cosigned_size(), 12U);
    EXPECT_EQ(grow(log, 0, 5).body, "12\n");
    EXPECT_EQ(grow(log, 12, 20).status, 200U);
}

TEST_F(WitnessDeskTest, growth_that_is_not_shown_is_422) {
    ASSERT_EQ(grow(log, 0, 5).status, 200U);
    EXPECT_EQ(add(5, {}, log.at(12)).status, 422U);
    EXPECT_EQ(add(5, log.from(4, 12), log.at(12)).status, 422U);
    EXPECT_EQ(add(5, fork.from(5, 12), fork.at(12)).status, 422U);
    EXPECT_TRUE(meter.events.empty());  // it may yet be shown
    EXPECT_EQ(grow(log, 5, 12).status, 200U);
}

TEST_F(WitnessDeskTest, two_roots_of_one_size_are_kept_as_evidence_and_end_the_cosigning) {
    ASSERT_EQ(grow(log, 0, 5).status, 200U);
    EXPECT_EQ(add(5, {}, fork.at(5)).status, 422U);
    const auto evidence = parse_equivocation(store->read()->known_log(kOneTest)->evidence);
    ASSERT_TRUE(evidence);
    const NamedKey named = log.named();
    EXPECT_TRUE(check_equivocation(*evidence, {&named, 1}));
    EXPECT_EQ(meter.events, std::vector<std::string>{"log-equivocation"});
    EXPECT_EQ(grow(log, 5, 12).status, 422U);
    EXPECT_EQ(cosigned_size(), 5U);
}

TEST_F(WitnessDeskTest, of_requests_at_once_one_is_cosigned_and_the_others_hear_its_size) {
    for (const std::uint64_t old : {0U, 8U}) {
        std::vector<Answer> answers(8);
        {
            std::vector<std::jthread> askers;
            for (std::uint64_t i = 0; i < answers.size(); ++i)
                askers.emplace_back([&, i] { answers[i] = grow(log, old, old + 1 + i); });
        }
        const std::uint64_t now = cosigned_size();
        EXPECT_GT(now, old);
        std::size_t cosigned = 0;
        for (std::uint64_t i = 0; i < answers.size(); ++i) {
            if (answers[i].status == 200) {
                ++cosigned;
                EXPECT_EQ(now, old + 1 + i);
                continue;
            }
            EXPECT_EQ(answers[i].status, 409U) << answers[i].body;
            EXPECT_EQ(answers[i].body, std::to_string(now) + "\n");
        }
        EXPECT_EQ(cosigned, 1U);
        if (now < 8) {
            EXPECT_EQ(grow(log, now, 8).status, 200U);
        }
    }
}

}  // namespace
}  // namespace kith
