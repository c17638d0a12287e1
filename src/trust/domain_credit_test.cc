#include "trust/domain_credit.h"

#include <gtest/gtest.h>

#include <random>

namespace kith {
namespace {

using Standing = DomainCredit::Standing;
using Paid = DomainCredit::Paid;
constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));
constexpr std::uint64_t kSmall = 30;  // accounts

int take_all(DomainCredit& credit, std::uint64_t accounts, Time now) {
    int taken = 0;
    while (credit.take(accounts, now))
        ++taken;
    return taken;
}

TEST(DomainCredit, starts_with_two_a_day_and_one_for_each_hundred_accounts) {
    for (const auto& [accounts, daily] :
         {std::pair(0UL, 2), std::pair(99UL, 2), std::pair(100UL, 3), std::pair(10'000UL, 102)}) {
        DomainCredit credit = DomainCredit::fresh(accounts, kStart);
        EXPECT_EQ(take_all(credit, accounts, kStart), daily);
        EXPECT_EQ(take_all(credit, accounts, kStart + kDay), daily);
        EXPECT_EQ(take_all(credit, accounts, kStart + 100 * kDay), daily) << "it does not pile up";
    }
}

TEST(DomainCredit, engaged_first_contacts_earn_a_half_each) {
    DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
    EXPECT_EQ(credit.standing(kSmall, kStart), Standing::starting);
    take_all(credit, kSmall, kStart);
    EXPECT_EQ(credit.standing(kSmall, kStart), Standing::none);
    credit.engaged(Paid::otherwise, kSmall, kStart);
    EXPECT_EQ(credit.standing(kSmall, kStart), Standing::none);
    credit.engaged(Paid::otherwise, kSmall, kStart);
    EXPECT_EQ(credit.standing(kSmall, kStart), Standing::earned);
    EXPECT_TRUE(credit.take(kSmall, kStart));
    credit.engaged(Paid::by_credit, kSmall, kStart);
    EXPECT_EQ(credit.available(kSmall, kStart), Credit::tenths(15)) << "the debit, and a half";
}

TEST(DomainCredit, gives_back_each_debit_once) {
    DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
    ASSERT_TRUE(credit.take(kSmall, kStart));
    for (int i = 0; i < 4; ++i)
        credit.engaged(Paid::by_credit, kSmall, kStart);
    EXPECT_EQ(credit.available(kSmall, kStart), Credit::whole(3)) << "1 back, 4 × 0.5 earned";
}

TEST(DomainCredit, unwanted_mail_costs_two_and_halves_the_start) {
    DomainCredit credit = DomainCredit::fresh(1000, kStart);  // 12 a day
    for (int i = 0; i < 6; ++i)
        credit.engaged(Paid::otherwise, 1000, kStart);
    credit.unwanted(Paid::otherwise, 1000, kStart);
    EXPECT_EQ(take_all(credit, 1000, kStart), 6 + 1) << "half of 12, and 3 − 2";
    EXPECT_EQ(take_all(credit, 1000, kStart + kDay), 6);
    EXPECT_EQ(take_all(credit, 1000, kStart + 32 * kDay), 12) << "30 days later it is whole";
    credit.unwanted(Paid::by_credit, 1000, kStart + 32 * kDay);
    EXPECT_EQ(credit.available(1000, kStart + 32 * kDay), Credit()) << "never below nothing";
}

TEST(DomainCredit, earned_credit_has_a_limit) {
    DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
    for (int i = 0; i < 1000; ++i)
        credit.engaged(Paid::otherwise, kSmall, kStart);
    EXPECT_EQ(credit.available(kSmall, kStart), Credit::whole(100));
    credit.come_back(kSmall, kStart);
    EXPECT_EQ(credit.available(kSmall, kStart), Credit::whole(50));
}

TEST(DomainCredit, clock_set_back_gives_nothing) {
    DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
    take_all(credit, kSmall, kStart);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(take_all(credit, kSmall, kStart - i * kDay), 0);
}

TEST(DomainCredit, record_parses_back) {
    DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
    credit.take(kSmall, kStart + kDay);
    credit.engaged(Paid::otherwise, kSmall, kStart + kDay);
    credit.unwanted(Paid::otherwise, kSmall, kStart + kDay);
    EXPECT_EQ(*parse_domain_credit(write_domain_credit(credit)), credit);
    for (const auto& [text, field] : {std::pair("", "version"),
                                      std::pair("1 1790000000 0 0 0", "halved until"),
                                      std::pair("1 1790000000 x 0 0 1790000000", "start"),
                                      std::pair("1 1790000000 0 0 1000001 1790000000", "open"),
                                      std::pair("1 1790000000 0 0 0 1790000000 0", "end")}) {
        const auto read = parse_domain_credit(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().where, std::string("domain credit: ") + field);
    }
}

// However it is driven: what it took is covered by the start, and by what our own users gave.
TEST(DomainCreditProperty, takes_no_more_than_time_and_our_users_gave) {
    std::mt19937_64 draw(6);
    for (int run = 0; run < 100; ++run) {
        DomainCredit credit = DomainCredit::fresh(kSmall, kStart);
        Time now = kStart;
        Time latest = kStart;
        std::int64_t taken = 0;
        std::int64_t engaged = 0;
        for (int step = 0; step < 300; ++step) {
            now += Seconds(static_cast<std::int64_t>(draw() % 60'000) - 20'000);
            latest = std::max(latest, now);
            const std::uint64_t what = draw() % 10;
            if (what < 7)
                taken += credit.take(kSmall, now) ? 1 : 0;
            else if (what == 7)
                credit.unwanted(Paid::by_credit, kSmall, now);
            else if (++engaged > 0)
                credit.engaged(Paid::by_credit, kSmall, now);
            credit = *parse_domain_credit(write_domain_credit(credit));
            ASSERT_LE(Credit::whole(taken),
                      Credit::whole(2) + CreditRate::tenths_a_day(20) * (latest - kStart) +
                          Credit::tenths(15) * engaged);
        }
    }
}

}  // namespace
}  // namespace kith
