#include "trust/price.h"

#include <gtest/gtest.h>

#include "note/stamp.h"

namespace kith {
namespace {

using State = StampEvidence::State;

constexpr std::uint64_t kEffort = 64;

Time at(std::string_view text) {
    return *parse_time(text);
}

std::string solve(const Price& price, const Hash& stub, std::uint64_t effort) {
    Stamp stamp{price.puzzle, effort, price.seed, {}};
    const std::string challenge = stamp_challenge(stamp, stub);
    stamp.solution = make_target_puzzle()->solve(as_bytes(challenge), effort, {}).value_or(Bytes());
    return write_stamp(stamp);
}

class PriceOfStrangers : public ::testing::Test {
  protected:
    State state_of(std::string_view line, Time when) const {
        return price_.verify_stamp(stub_, line, when).state;
    }

    StrangerPrice price_{"two.test", Secret::copy_of(Bytes(32, 1)), kEffort};
    Hash stub_ = sha256("a stub");
    Time now_ = at("2026-11-23T10:20:30Z");
};

TEST_F(PriceOfStrangers, is_the_same_all_the_hour_and_another_in_the_next) {
    const Price price = price_.current(now_);
    EXPECT_EQ(price.domain, "two.test");
    EXPECT_EQ(price.puzzle, "blake2b");
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

TEST_F(PriceOfStrangers, more_effort_than_asked_is_told) {
    const std::string line = solve(price_.current(now_), stub_, 3 * kEffort);
    const StampEvidence evidence = price_.verify_stamp(stub_, line, now_);
    EXPECT_EQ(evidence.state, State::good);
    EXPECT_EQ(evidence.effort, 3 * kEffort);
}

TEST_F(PriceOfStrangers, less_effort_is_low) {
    EXPECT_EQ(state_of(solve(price_.current(now_), stub_, kEffort - 1), now_), State::low);
}

TEST_F(PriceOfStrangers, stamp_of_another_stub_is_wrong) {
    const std::string line = solve(price_.current(now_), sha256("another"), 1 << 12);
    EXPECT_EQ(state_of(line, now_), State::wrong);
}

TEST_F(PriceOfStrangers, declared_effort_cannot_be_raised_afterwards) {
    const Price price = price_.current(now_);
    auto stamp = *parse_stamp(solve(price, stub_, kEffort));
    stamp.effort = std::uint64_t{1} << 40;
    EXPECT_EQ(state_of(write_stamp(stamp), now_), State::wrong);
}

TEST_F(PriceOfStrangers, seed_of_another_server_is_stale) {
    const StrangerPrice other("two.test", Secret::copy_of(Bytes(32, 2)), kEffort);
    EXPECT_EQ(state_of(solve(other.current(now_), stub_, kEffort), now_), State::stale);
}

TEST_F(PriceOfStrangers, nonsense_and_other_puzzles_are_wrong) {
    const std::string line = solve(price_.current(now_), stub_, kEffort);
    EXPECT_EQ(state_of("", now_), State::wrong);
    EXPECT_EQ(state_of(line + " ", now_), State::wrong);
    EXPECT_EQ(state_of("equihash" + line.substr(7), now_), State::wrong);
}

}  // namespace
}  // namespace kith
