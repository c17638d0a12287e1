// The work behind a stamp: found solutions hold, and the search can be watched, ended and resumed.
#include "crypto/puzzle.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace kith {
namespace {

constexpr std::string_view kChallenge = "challenge";

PuzzleFound solve(std::uint64_t effort, const PuzzleSearch& search = {}) {
    return solve_puzzle(as_bytes(kChallenge), effort, search);
}

ErrorKind kind_of(std::string_view challenge, ByteView solution, std::uint64_t effort) {
    return check_puzzle(as_bytes(challenge), solution, effort).error().kind;
}

std::uint64_t head_of(const Bytes& solution) {
    const auto hash = blake2b_512(as_bytes(kChallenge), solution);
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < 8; ++i)
        head = head << 8 | hash[i];
    return head;
}

TEST(Puzzle, a_solution_holds_for_its_challenge_and_effort) {
    const auto found = solve(8, {.threads = 2});
    const Bytes solution = found.solution.value_or(Bytes());
    EXPECT_EQ(solution.size(), kPuzzleSolutionOctets);
    EXPECT_TRUE(check_puzzle(as_bytes(kChallenge), solution, 8));
    EXPECT_EQ(kind_of("other", solution, 1), ErrorKind::untrusted);
    EXPECT_EQ(kind_of("other", solution, 1ULL << 40), ErrorKind::untrusted);
}

TEST(Puzzle, target_is_that_of_the_protocol) {
    const Bytes solution = solve(1).solution.value_or(Bytes());
    // The largest effort whose target is not below the hash, and the next.
    const std::uint64_t most = UINT64_MAX / head_of(solution);
    EXPECT_TRUE(check_puzzle(as_bytes(kChallenge), solution, most));
    EXPECT_EQ(kind_of(kChallenge, solution, most + 1), ErrorKind::untrusted);
}

TEST(Puzzle, being_under_the_target_is_not_enough) {
    Bytes solution(kPuzzleSolutionOctets);
    while (head_of(solution) > UINT64_MAX / 16)
        ++solution.back();
    EXPECT_EQ(kind_of(kChallenge, solution, 16), ErrorKind::untrusted);
}

TEST(Puzzle, another_nonce_or_another_octet_is_no_solution) {
    const Bytes solution = solve(1).solution.value_or(Bytes());
    for (std::size_t i = 0; i < solution.size(); ++i) {
        Bytes other = solution;
        other[i] ^= 1;
        EXPECT_EQ(kind_of(kChallenge, other, 1), ErrorKind::untrusted) << i;
    }
}

TEST(Puzzle, other_sizes_and_an_effort_of_zero_are_malformed) {
    EXPECT_EQ(kind_of(kChallenge, {}, 1), ErrorKind::malformed);
    EXPECT_EQ(kind_of(kChallenge, Bytes(kPuzzleSolutionOctets - 1), 1), ErrorKind::malformed);
    EXPECT_EQ(kind_of(kChallenge, Bytes(kPuzzleSolutionOctets + 1), 1), ErrorKind::malformed);
    EXPECT_EQ(kind_of(kChallenge, Bytes(kPuzzleSolutionOctets), 0), ErrorKind::malformed);
    EXPECT_FALSE(solve(0).solution);
}

TEST(Puzzle, gives_up_when_told_to) {
    const std::atomic<bool> stop = true;
    const SearchState from{.nonce = 7, .tried = 12};
    const auto found = solve(UINT64_MAX, {.threads = 2, .stop = &stop, .from = from});
    EXPECT_FALSE(found.solution);
    EXPECT_EQ(found.state, from);
}

TEST(Puzzle, no_thread_asked_for_is_one) {
    EXPECT_TRUE(solve(1, {.threads = 0}).solution);
}

TEST(Puzzle, a_search_that_was_stopped_goes_on_where_it_was) {
    std::atomic<bool> stop = false;
    SearchState told;
    const auto first = solve(UINT64_MAX, {.threads = 2, .stop = &stop, .progress = [&](auto& at) {
                                              told = at;
                                              stop = true;
                                          }});
    EXPECT_FALSE(first.solution);
    EXPECT_GT(told.tried, 0U);
    EXPECT_GT(first.state.nonce, 0U);
    EXPECT_LE(told.nonce, first.state.nonce);

    const auto whole = solve(16);
    const auto rest = solve(16, {.from = {.nonce = whole.state.nonce - 1, .tried = 100}});
    EXPECT_EQ(rest.solution, whole.solution);
    EXPECT_GT(rest.state.tried, 100U);
}

}  // namespace
}  // namespace kith
