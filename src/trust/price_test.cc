#include "trust/price.h"

#include <gtest/gtest.h>

#include "crypto/puzzle.h"
#include "note/stamp.h"

namespace kith {
namespace {

using State = StampEvidence::State;

constexpr std::uint64_t kEffort = 4;

Time at(std::string_view text) {
    return *parse_time(text);
}

std::string solve(const Price& price, const Hash& stub, std::uint64_t effort) {
    Stamp stamp{price.puzzle, effort, price.seed, {}};
    const std::string challenge = stamp_challenge(stamp, stub);
    stamp.solution = solve_puzzle(as_bytes(challenge), effort, {}).solution.value_or(Bytes());
    return write_stamp(stamp);
}

class PriceOfStrangers : public ::testing::Test {
  protected:
    State state_of(std::string_view line, Time when) const {
        return price_.verify_stamp(stub_, line, when).state;
    }

    StrangerPrice price_{"two.test", Secret::copy_of(Bytes(32, 1)), {.least = kEffort}};
    Hash stub_ = sha256("a stub");
    Time now_ = at("2026-11-23T10:20:30Z");
};

TEST_F(PriceOfStrangers, is_the_same_all_the_hour_and_another_in_the_next) {
    const Price price = price_.current(now_);
    EXPECT_EQ(price.domain, "two.test");
    EXPECT_EQ(price.puzzle, "equihash-96-5");
    EXPECT_EQ(price.effort, kEffort);
    EXPECT_EQ(price.time, at("2026-11-23T10:00:00Z"));
    EXPECT_EQ(price.expires, at("2026-11-23T12:00:00Z"));
    EXPECT_EQ(price_.current(at("2026-11-23T10:59:59Z")), price);
    EXPECT_NE(price_.current(at("2026-11-23T11:00:00Z")).seed, price.seed);
    EXPECT_TRUE(parse_price(
        *SignedNote::sign(write_price(price), "two.test", *SigningKey::from_seed(Bytes(32, 1)))));
}

TEST_F(PriceOfStrangers, stamp_is_good_until_the_note_expires) {
    const Price price = price_.current(now_);
    const std::string line = solve(price, stub_, kEffort);
    EXPECT_EQ(state_of(line, now_), State::good);
    EXPECT_EQ(state_of(line, price.expires - Seconds(1)), State::good);
    EXPECT_EQ(state_of(line, price.expires), State::stale);
    EXPECT_EQ(state_of(line, price.time - Seconds(1)), State::stale);
}

TEST_F(PriceOfStrangers, note_that_was_given_out_is_kept_to_when_the_price_moves) {
    const std::string cheap = solve(price_.current(now_), stub_, kEffort);
    price_.set_bounds({.least = 2 * kEffort, .most = 2 * kEffort});
    const Price dearer = price_.current(now_);
    EXPECT_EQ(dearer.effort, 2 * kEffort);
    const StampEvidence evidence = price_.verify_stamp(stub_, cheap, now_);
    EXPECT_EQ(evidence.state, State::good);
    EXPECT_EQ(evidence.asked, kEffort);
    EXPECT_EQ(state_of(solve(dearer, stub_, kEffort), now_), State::low);
    // A server that was started again knows its notes.
    const StrangerPrice again("two.test", Secret::copy_of(Bytes(32, 1)), {.least = 100});
    EXPECT_EQ(again.verify_stamp(stub_, cheap, now_).state, State::good);
}

TEST_F(PriceOfStrangers, note_cannot_be_made_cheaper_by_its_reader) {
    Price price = price_.current(now_);
    price.seed.replace(0, 14, "00000000000001");
    EXPECT_EQ(state_of(solve(price, stub_, 1), now_), State::stale);
}

TEST_F(PriceOfStrangers, more_effort_than_asked_is_told) {
    const std::string line = solve(price_.current(now_), stub_, 3 * kEffort);
    const StampEvidence evidence = price_.verify_stamp(stub_, line, now_);
    EXPECT_EQ(evidence.state, State::good);
    EXPECT_EQ(evidence.effort, 3 * kEffort);
    EXPECT_EQ(evidence.asked, kEffort);
}

TEST_F(PriceOfStrangers, less_effort_is_low) {
    EXPECT_EQ(state_of(solve(price_.current(now_), stub_, kEffort - 1), now_), State::low);
}

TEST_F(PriceOfStrangers, stamp_of_another_stub_is_wrong) {
    const std::string line = solve(price_.current(now_), sha256("another"), kEffort);
    EXPECT_EQ(state_of(line, now_), State::wrong);
}

TEST_F(PriceOfStrangers, declared_effort_cannot_be_raised_afterwards) {
    const Price price = price_.current(now_);
    auto stamp = *parse_stamp(solve(price, stub_, kEffort));
    stamp.effort = std::uint64_t{1} << 40;
    EXPECT_EQ(state_of(write_stamp(stamp), now_), State::wrong);
}

TEST_F(PriceOfStrangers, seed_of_another_server_is_stale) {
    const StrangerPrice other("two.test", Secret::copy_of(Bytes(32, 2)), {.least = kEffort});
    EXPECT_EQ(state_of(solve(other.current(now_), stub_, kEffort), now_), State::stale);
}

TEST_F(PriceOfStrangers, nonsense_and_other_puzzles_are_wrong) {
    const std::string line = solve(price_.current(now_), stub_, kEffort);
    EXPECT_EQ(state_of("", now_), State::wrong);
    EXPECT_EQ(state_of(line + " ", now_), State::wrong);
    EXPECT_EQ(state_of("blake2b" + line.substr(line.find(' ')), now_), State::wrong);
}

TEST_F(PriceOfStrangers, rises_when_many_have_paid) {
    price_.set_bounds({.least = kEffort, .most = 1'000, .many = 2});
    for (int i = 0; i < 10; ++i)
        price_.count_taken(kEffort, now_);
    EXPECT_EQ(price_.current(now_ + PriceControl::kPeriod).effort, 5 * kEffort);
}

}  // namespace
}  // namespace kith
