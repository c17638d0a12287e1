#include "delivery/domain_quota.h"

#include <gtest/gtest.h>

#include "delivery/word_tests.h"

namespace kith {
namespace {

constexpr Seconds kHour = std::chrono::hours{1};

class DomainQuotaTest : public WordTest {
  protected:
    void SetUp() override {
        WordTest::SetUp();
        now = Time(500'000 * kHour);
    }
    void count(int messages) {
        ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
            for (int i = 0; i < messages; ++i)
                quota.count("one.test", write, now);
            return {};
        }));
    }
    bool is_over() { return quota.is_over("one.test", allowance, now); }

    DomainQuota quota;
    DomainAllowance allowance{.at_first = 10, .times = 3, .most = 1'000};
};

TEST_F(DomainQuotaTest, a_new_domain_brings_what_every_new_one_may) {
    count(9);
    EXPECT_FALSE(is_over());
    count(1);
    EXPECT_TRUE(is_over());
    EXPECT_FALSE(quota.is_over("two.test", allowance, now));
    now += kHour + kHour / 2;
    EXPECT_FALSE(is_over());
    count(5);
    EXPECT_TRUE(is_over()) << "half of the hour before counts on";
}

TEST_F(DomainQuotaTest,
       one_that_always_brings_much_may_bring_three_times_that_after_a_restart_too) {
    for (int hour = 0; hour < 40; ++hour, now += kHour)
        count(20);
    now += 2 * kHour;
    count(59);
    EXPECT_FALSE(is_over());
    count(1);
    EXPECT_TRUE(is_over());
    DomainQuota after;
    now += 2 * kHour;
    ASSERT_TRUE(store->write_and_wait([&](WriteTransaction& write) -> Result<void> {
        for (int i = 0; i < 59; ++i)
            after.count("one.test", write, now);
        return {};
    }));
    EXPECT_FALSE(after.is_over("one.test", allowance, now));
}

TEST_F(DomainQuotaTest, never_more_than_the_operator_allows) {
    for (int hour = 0; hour < 40; ++hour, now += kHour)
        count(20);
    allowance.most = 30;
    now += 2 * kHour;
    count(30);
    EXPECT_TRUE(is_over());
}

}  // namespace
}  // namespace kith
