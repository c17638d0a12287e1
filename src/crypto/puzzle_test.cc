// Puzzles: found solutions hold, and the search can be watched and ended.
#include "crypto/puzzle.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace kith {
namespace {

TEST(Puzzle, a_solution_holds_for_its_challenge_and_effort) {
    const auto puzzle = make_target_puzzle();
    const auto found = puzzle->solve(
        as_bytes("challenge"), 20'000, {.threads = 2, .stop = nullptr, .progress = {}});
    ASSERT_TRUE(found.has_value());
    const Bytes solution = found.value_or(Bytes());
    EXPECT_TRUE(puzzle->check(as_bytes("challenge"), solution, 20'000));
    EXPECT_EQ(puzzle->check(as_bytes("other"), solution, 1ULL << 40).error().kind,
              ErrorKind::untrusted);
    EXPECT_EQ(puzzle->check(as_bytes("challenge"), {}, 1).error().kind, ErrorKind::malformed);
}

TEST(Puzzle, gives_up_when_told_to) {
    const std::atomic<bool> stop = true;
    EXPECT_FALSE(make_target_puzzle()->solve(
        as_bytes("c"), UINT64_MAX, {.threads = 2, .stop = &stop, .progress = {}}));
}

TEST(Puzzle, target_is_that_of_the_protocol) {
    const auto puzzle = make_target_puzzle();
    const Bytes solution(8, 1);
    const auto hash = blake2b_512(as_bytes("challenge"), solution);
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 8; ++i)
        head = head << 8 | hash[i];
    // The largest effort whose target is not below the hash, and the next.
    const std::uint64_t most = UINT64_MAX / head;
    EXPECT_TRUE(puzzle->check(as_bytes("challenge"), solution, most));
    EXPECT_EQ(puzzle->check(as_bytes("challenge"), solution, most + 1).error().kind,
              ErrorKind::untrusted);
    EXPECT_TRUE(puzzle->check(as_bytes("challenge"), solution, 1));
}

TEST(Puzzle, effort_of_zero_has_no_solution) {
    const auto puzzle = make_target_puzzle();
    EXPECT_FALSE(puzzle->solve(as_bytes("c"), 0, {}));
    EXPECT_EQ(puzzle->check(as_bytes("c"), Bytes(8), 0).error().kind, ErrorKind::malformed);
}

TEST(Puzzle, no_thread_asked_for_is_one) {
    EXPECT_TRUE(make_target_puzzle()->solve(
        as_bytes("c"), 1'000, {.threads = 0, .stop = nullptr, .progress = {}}));
}

TEST(Puzzle, tells_how_far_it_is_and_may_be_stopped_from_there) {
    std::atomic<bool> stop = false;
    std::uint64_t told = 0;
    const auto progress = [&](std::uint64_t tried) {
        told = tried;
        stop = true;
    };
    EXPECT_FALSE(make_target_puzzle()->solve(
        as_bytes("c"), UINT64_MAX, {.threads = 2, .stop = &stop, .progress = progress}));
    EXPECT_GT(told, 0U);
}

}  // namespace
}  // namespace kith
