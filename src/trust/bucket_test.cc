#include "trust/bucket.h"

#include <gtest/gtest.h>

#include <random>

namespace kith {
namespace {

constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));
constexpr BucketTerms kKnownMail = {Credit::whole(6), CreditRate::tenths_a_day(5)};

TEST(Credit, tenth_a_day_is_exact_by_the_second) {
    for (std::int64_t tenths = 1; tenths <= 160; ++tenths)
        EXPECT_EQ(CreditRate::tenths_a_day(tenths) * kDay, Credit::tenths(tenths));
    EXPECT_EQ(CreditRate::tenths_a_day(5).half() * kDay, Credit::tenths(5) / 2);
}

TEST(Credit, text_is_in_tenths_and_never_says_more_than_there_is) {
    EXPECT_EQ(Credit::whole(16).text(), "16.0");
    EXPECT_EQ(Credit::tenths(25).text(), "2.5");
    EXPECT_EQ((Credit::whole(1) - Credit::of_units(1)).text(), "0.9");
    EXPECT_FALSE((Credit::whole(1) - Credit::of_units(1)).covers_one());
    EXPECT_TRUE(Credit::whole(1).covers_one());
}

TEST(Bucket, refills_by_elapsed_time_up_to_the_cap) {
    Bucket bucket(Credit(), kStart);
    bucket.refill(kKnownMail, kStart + 2 * kDay);
    EXPECT_EQ(bucket.amount(), Credit::whole(1));
    bucket.refill(kKnownMail, kStart + 11 * kDay);
    EXPECT_EQ(bucket.amount(), Credit::tenths(55));
    bucket.refill(kKnownMail, kStart + 500 * kDay);
    EXPECT_EQ(bucket.amount(), Credit::whole(6));
}

TEST(Bucket, clock_set_back_refills_nothing_and_takes_nothing) {
    Bucket bucket(Credit::whole(2), kStart);
    bucket.refill(kKnownMail, kStart - 300 * kDay);
    EXPECT_EQ(bucket.amount(), Credit::whole(2));
    EXPECT_EQ(bucket.refilled(), kStart);
    // Forth and back over the same day, again and again: it refills once.
    for (int i = 0; i < 100; ++i) {
        bucket.refill(kKnownMail, kStart + kDay);
        bucket.refill(kKnownMail, kStart - kDay);
    }
    EXPECT_EQ(bucket.amount(), Credit::tenths(25));
    bucket.refill(kKnownMail, kStart + 2 * kDay);
    EXPECT_EQ(bucket.amount(), Credit::whole(3)) << "where it was, it goes on";
}

TEST(Bucket, takes_all_or_nothing) {
    Bucket bucket(Credit::tenths(15), kStart);
    EXPECT_TRUE(bucket.take());
    EXPECT_FALSE(bucket.take());
    EXPECT_EQ(bucket.amount(), Credit::tenths(5));
    bucket.forfeit(Credit::whole(2));
    EXPECT_EQ(bucket.amount(), Credit());
}

TEST(Bucket, refund_stops_at_the_cap_and_never_takes) {
    Bucket bucket(Credit::tenths(55), kStart);
    bucket.refund(kOneCredit, Credit::whole(6));
    EXPECT_EQ(bucket.amount(), Credit::whole(6));
    // The cap was lowered meanwhile.
    bucket.refund(kOneCredit, Credit::whole(3));
    EXPECT_EQ(bucket.amount(), Credit::whole(6));
    bucket.refill({Credit::whole(3), kKnownMail.rate}, kStart + kDay);
    EXPECT_EQ(bucket.amount(), Credit::whole(6));
    bucket.clip(Credit::whole(3));
    EXPECT_EQ(bucket.amount(), Credit::whole(3));
}

TEST(Bucket, is_safe_at_the_ends_of_time) {
    Bucket bucket(Credit(), Time(Seconds(0)));
    bucket.refill({Credit::whole(1'000'000), {20'000'000}}, *parse_time("9999-12-31T23:59:59Z"));
    EXPECT_EQ(bucket.amount(), Credit::whole(1'000'000));
}

// Whatever is asked, however often: the same as a bucket that drips second by second.
TEST(BucketProperty, asking_often_or_seldom_comes_to_the_same) {
    std::mt19937_64 draw(1);
    for (int run = 0; run < 200; ++run) {
        Bucket often(Credit::whole(2), kStart);
        Bucket seldom = often;
        Time now = kStart;
        for (int step = 0; step < 50; ++step) {
            now += Seconds(draw() % 20'000);
            often.refill(kKnownMail, now);
            if (draw() % 4 == 0)
                often.refill(kKnownMail, now - Seconds(draw() % 1'000'000));
        }
        seldom.refill(kKnownMail, now);
        ASSERT_EQ(often, seldom);
    }
}

// What was taken is never more than what was there, came with time, and was refunded.
TEST(BucketProperty, gives_no_more_than_it_got) {
    std::mt19937_64 draw(2);
    for (int run = 0; run < 200; ++run) {
        Bucket bucket(kKnownMail.cap, kStart);
        Time now = kStart;
        Time latest = kStart;
        std::int64_t taken = 0;
        std::int64_t refunded = 0;
        for (int step = 0; step < 400; ++step) {
            now += Seconds(static_cast<std::int64_t>(draw() % 200'000) - 60'000);
            latest = std::max(latest, now);
            bucket.refill(kKnownMail, now);
            if (draw() % 3 != 0)
                taken += bucket.take() ? 1 : 0;
            else if (refunded < taken && draw() % 2 == 0) {
                bucket.refund(kOneCredit, kKnownMail.cap);
                ++refunded;
            }
            ASSERT_GE(bucket.amount(), Credit());
            ASSERT_LE(bucket.amount(), kKnownMail.cap);
            ASSERT_LE(Credit::whole(taken - refunded),
                      kKnownMail.cap + kKnownMail.rate * (latest - kStart));
        }
    }
}

}  // namespace
}  // namespace kith
