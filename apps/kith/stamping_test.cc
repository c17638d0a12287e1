// Paying a price: stamps that hold, and searches that go on where they were stopped.
#include "kith/stamping.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "kith/pending.h"
#include "kith/stamp_progress.h"
#include "note/stamp.h"
#include "trust/price.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class Stamping : public ::testing::Test {
  protected:
    static constexpr std::uint64_t kEffort = 2;

    void SetUp() override {
        HomeConfig config;
        config.address = *Address::parse("alice@one.test");
        config.device = "laptop";
        auto made = *Home::prepare(folder);
        ASSERT_TRUE(made.complete(config));
        home = *Home::open(folder);
    }
    void TearDown() override { fs::remove_all(folder); }

    Result<std::string> pay(std::uint64_t effort = kEffort) const {
        return make_stamp({*home, clock, terminal}, asked, stub, effort);
    }
    Stamp wanted(std::uint64_t effort = kEffort) const {
        return {.puzzle = asked.puzzle, .effort = effort, .seed = asked.seed, .solution = {}};
    }

    SystemRandom random;
    SystemClock clock;
    Terminal terminal;
    fs::path folder = fs::temp_directory_path() / ("kith-stamp-" + hex(random.array<8>()));
    std::optional<Home> home;
    StrangerPrice server{"two.test", Secret::copy_of(Bytes(32, 1)), {.least = kEffort}};
    Price asked = server.current(clock.now());
    Hash stub = sha256("a stub");
};

TEST_F(Stamping, ThePriceIsPaidAndMoreWhereAskedFor) {
    for (const std::uint64_t effort : {kEffort, 2 * kEffort, kEffort - 1}) {
        const auto line = pay(effort);
        ASSERT_TRUE(line);
        const auto evidence = server.verify_stamp(stub, *line, clock.now());
        EXPECT_EQ(evidence.state, StampEvidence::State::good);
        EXPECT_EQ(evidence.effort, std::max(effort, kEffort));
    }
}

TEST_F(Stamping, APriceThatIsOverOrOfAnotherPuzzleIsNotPaid) {
    Price over = asked;
    over.expires = clock.now() - Seconds(1);
    over.time = over.expires - Seconds(7'200);
    EXPECT_EQ(make_stamp({*home, clock, terminal}, over, stub, kEffort).error().kind,
              ErrorKind::expired);
    asked.puzzle = "blake2b";
    EXPECT_EQ(pay().error().kind, ErrorKind::malformed);
}

TEST_F(Stamping, ASearchGoesOnWhereItWasStopped) {
    const SearchState stopped{.nonce = 1'000, .tried = 1'900};
    ASSERT_TRUE(write_stamp_progress(*home, stub, wanted(), stopped));
    EXPECT_EQ(read_stamp_progress(*home, stub, wanted()), stopped);
    const auto line = pay();
    ASSERT_TRUE(line);
    const Bytes solution = parse_stamp(*line)->solution;
    EXPECT_GE(solution[6] * 256 + solution[7], 1'000) << "the nonces before were tried already";
    EXPECT_EQ(read_stamp_progress(*home, stub, wanted()), SearchState{}) << "it is over";
}

TEST_F(Stamping, ASearchForAnythingElseBeginsAnew) {
    const SearchState stopped{.nonce = 1'000, .tried = 1'900};
    ASSERT_TRUE(write_stamp_progress(*home, stub, wanted(), stopped));
    EXPECT_EQ(read_stamp_progress(*home, stub, wanted(2 * kEffort)), SearchState{});
    EXPECT_EQ(read_stamp_progress(*home, sha256("another"), wanted()), SearchState{});
    Stamp later = wanted();
    later.seed = std::string(32, '0');
    EXPECT_EQ(read_stamp_progress(*home, stub, later), SearchState{});
}

TEST_F(Stamping, WhatWasLeftOfASearchGoesWithItsMessage) {
    const std::string id(32, 'a');
    ASSERT_TRUE(write_pending(*home, id, {{"bob@two.test", stub}}));
    ASSERT_TRUE(write_stamp_progress(*home, stub, wanted(), {.nonce = 9, .tried = 17}));
    drop_pending(*home, id);
    EXPECT_TRUE(fs::is_empty(home->file("pending")));
}

TEST_F(Stamping, TheCostIsToldInTimeOnThisMachine) {
    EXPECT_TRUE(cost_of_effort(1).starts_with("less than a second on "));
    EXPECT_NE(cost_of_effort(std::uint64_t{1} << 40).find("hours"), std::string::npos);
}

}  // namespace
}  // namespace kith
