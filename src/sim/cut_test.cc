// What the bound is held against: two people are enough for each of its terms.
#include "sim/cut.h"

#include <gtest/gtest.h>

namespace kith::sim {
namespace {

constexpr Time kBegin{Seconds(1'790'000'000)};
constexpr Person kGrantor = 0;
constexpr Person kGrantee = 1;

class CutTest : public ::testing::Test {
  protected:
    Graph graph_ = *Graph::of(2, {{kGrantor, kGrantee}}, Graph::Direction::as_listed);
    EdgeId edge_ = graph_.find(kGrantor, kGrantee);
    Ledgers ledgers_{graph_, 0, 1, kBegin};  // known: a cap of six messages
    Cut cut_{graph_, 2};
    Time now_ = kBegin;

    // As the rules book them, in one moment, so that nothing refills.
    bool write(Time at) { return ledgers_.of(edge_).take(GrantBucket::mail, at); }
    std::uint64_t write_all_one_can() {
        std::uint64_t count = 0;
        for (; write(now_); ++count)
            cut_.passed(edge_, GrantBucket::mail, ledgers_, now_);
        return count;
    }
    void answer(Time debited) {
        cut_.engaging(edge_, ledgers_);
        ledgers_.of(edge_).engaged(now_);
        cut_.refunding(edge_, GrantBucket::mail, ledgers_, debited);
        ledgers_.of(edge_).refund(GrantBucket::mail, debited, now_);
    }
    AccountTally tally() { return cut_.turn_good(kGrantee, ledgers_, now_); }
};

TEST_F(CutTest, a_thief_gets_the_cap_and_no_more) {
    cut_.turn_bad(kGrantee, now_);
    EXPECT_EQ(write_all_one_can(), 6U);
    EXPECT_TRUE(cut_.breaches().empty());
    cut_.passed(edge_, GrantBucket::mail, ledgers_, now_);
    ASSERT_EQ(cut_.breaches().size(), 1U) << "one that no ledger was debited for";
    EXPECT_EQ(cut_.breaches()[0].passed, 7U);
}

TEST_F(CutTest, an_answer_to_what_was_written_before_the_hack_gives_the_thief_one_message) {
    const Time before = now_;
    ASSERT_TRUE(write(before));
    now_ += std::chrono::days(30);  // the meter is full again, and the debit not refunded
    cut_.turn_bad(kGrantee, now_);
    EXPECT_EQ(write_all_one_can(), 6U);
    answer(before);
    EXPECT_EQ(write_all_one_can(), 1U) << "given back";
    // Half a message a day, and two that the answer earned: with the refund, one more than
    // c + r·t + 2·engaged.
    for (int day = 0; day < 201; ++day) {
        now_ += std::chrono::days(1);
        write_all_one_can();
    }
    EXPECT_TRUE(cut_.breaches().empty());
    const AccountTally all = tally();
    EXPECT_EQ(all.passed, 109U);
    EXPECT_LE(static_cast<double>(all.passed), all.bound);
    EXPECT_TRUE(cut_.breaches().empty());
}

TEST_F(CutTest, the_refund_of_a_debit_of_before_is_a_term_of_the_bound) {
    EdgeHistory history;
    const Credit without = bucket_bound(GrantBucket::introductions, history);
    history.refunded = {0, 2, 0};
    EXPECT_EQ(bucket_bound(GrantBucket::introductions, history), without + Credit::whole(2));
    EXPECT_EQ(bucket_bound(GrantBucket::mail, history), bucket_bound(GrantBucket::mail, {}));
    EXPECT_EQ(bucket_bound(GrantBucket::vouches, history), bucket_bound(GrantBucket::vouches, {}));
}

// A worm: the grantor is bad for a while, too, and answers the grantee as bad people do. An honest
// server keeps that ledger all the while, and what was earned then serves the thief afterwards.
TEST_F(CutTest, what_a_grantor_earns_for_the_grantee_while_both_are_hacked_counts_afterwards) {
    cut_.turn_bad(kGrantee, now_);
    ASSERT_EQ(write_all_one_can(), 6U);
    cut_.turn_bad(kGrantor, now_);
    for (int i = 0; i < 5; ++i) {
        cut_.engaging(edge_, ledgers_);
        ledgers_.of(edge_).engaged(now_);
    }
    (void)cut_.turn_good(kGrantor, ledgers_, now_);
    for (int day = 0; day < 40; ++day) {
        now_ += std::chrono::days(1);
        write_all_one_can();
    }
    EXPECT_TRUE(cut_.breaches().empty());
    const AccountTally all = tally();
    EXPECT_GT(all.passed, 6U + 20U) << "more than the cap and forty days' half a message each";
    EXPECT_LE(static_cast<double>(all.passed), all.bound);
}

}  // namespace
}  // namespace kith::sim
