#include "trust/grant_ledger.h"

#include <gtest/gtest.h>

#include <random>

namespace kith {
namespace {

using enum GrantBucket;
constexpr Seconds kDay = std::chrono::days{1};
constexpr Time kStart = Time(Seconds(1'790'000'000));

GrantLedger known() {
    return GrantLedger::granted(GrantLevel::known, kStart);
}
GrantLedger well_trusted() {
    return GrantLedger::granted(GrantLevel::well_trusted, kStart);
}

int take_all(GrantLedger& ledger, GrantBucket bucket, Time now) {
    int taken = 0;
    while (ledger.take(bucket, now))
        ++taken;
    return taken;
}

Credit after(const GrantLedger& ledger, GrantBucket bucket, std::int64_t days) {
    return ledger.available(bucket, kStart + days * kDay);
}

TEST(GrantLedger, begins_full) {
    GrantLedger one = known();
    EXPECT_EQ(take_all(one, mail, kStart), 6);
    EXPECT_EQ(take_all(one, introductions, kStart), 3);
    EXPECT_EQ(take_all(one, vouches, kStart), 5);
    GrantLedger friends = well_trusted();
    EXPECT_EQ(take_all(friends, mail, kStart), 16);
    EXPECT_EQ(take_all(friends, introductions, kStart), 3);
    EXPECT_EQ(take_all(friends, vouches, kStart), 5);
}

TEST(GrantLedger, refills_by_level) {
    GrantLedger one = known();
    GrantLedger friends = well_trusted();
    for (const GrantBucket bucket : {mail, introductions, vouches}) {
        take_all(one, bucket, kStart);
        take_all(friends, bucket, kStart);
    }
    EXPECT_EQ(after(one, mail, 2), Credit::whole(1));
    EXPECT_EQ(after(friends, mail, 2), Credit::whole(2));
    EXPECT_EQ(after(one, introductions, 5), Credit::whole(1));
    EXPECT_EQ(after(one, vouches, 2), Credit::whole(1));
    EXPECT_EQ(after(one, mail, 300), Credit::whole(6));
    EXPECT_EQ(after(friends, mail, 300), Credit::whole(16));
}

TEST(GrantLedger, engagement_gives_the_debit_back_and_earns) {
    GrantLedger ledger = known();
    ASSERT_TRUE(ledger.take(mail, kStart));
    ASSERT_TRUE(ledger.refund(mail, kStart, kStart));
    ledger.engaged(kStart);
    EXPECT_EQ(ledger.available(mail, kStart), Credit::whole(6));
    EXPECT_EQ(ledger.earned(kStart), kOneCredit);
    EXPECT_EQ(ledger.earned(kStart + 14 * kDay), kOneCredit / 2);
    take_all(ledger, mail, kStart);
    // Floor 14 × 0.5, and twice the half that has faded.
    EXPECT_EQ(after(ledger, mail, 14), Credit::whole(6));
    EXPECT_EQ(after(ledger, mail, 6) - Credit::whole(3),
              (kOneCredit - ledger.earned(kStart + 6 * kDay)) * 2);
}

TEST(GrantLedger, refills_sixteen_a_day_at_most) {
    GrantLedger ledger = well_trusted();
    for (int i = 0; i < 500; ++i)
        ledger.engaged(kStart);
    take_all(ledger, mail, kStart);
    EXPECT_LE(ledger.available(mail, kStart + Seconds(43'200)), Credit::whole(8));
    EXPECT_GE(ledger.available(mail, kStart + Seconds(43'200)), Credit::tenths(78));
}

TEST(GrantLedger, refunds_each_debit_once) {
    GrantLedger ledger = known();
    for (const GrantBucket bucket : {mail, introductions, vouches}) {
        EXPECT_FALSE(ledger.refund(bucket, kStart, kStart)) << "nothing was debited";
        ASSERT_TRUE(ledger.take(bucket, kStart));
        ASSERT_TRUE(ledger.take(bucket, kStart));
        EXPECT_TRUE(ledger.refund(bucket, kStart, kStart));
        ledger.write_off(bucket, kStart);
        EXPECT_FALSE(ledger.refund(bucket, kStart, kStart)) << "the other was unwanted";
    }
}

TEST(GrantLedger, silence_refunds_nothing) {
    GrantLedger ledger = well_trusted();
    take_all(ledger, mail, kStart);
    for (int hour = 0; hour < 24; ++hour)
        (void)ledger.available(mail, kStart + Seconds(hour * 3600));
    EXPECT_EQ(after(ledger, mail, 1), Credit::whole(1)) << "the floor of a day, and that is all";
}

TEST(GrantLedger, unwanted_introductions_make_the_word_count_for_less) {
    GrantLedger ledger = known();
    ledger.discount_word(kStart);
    EXPECT_EQ(ledger.available(introductions, kStart), Credit::tenths(24));
    EXPECT_EQ(after(ledger, introductions, 29), Credit::tenths(24)) << "and its cap";
    for (int i = 0; i < 4; ++i)
        ledger.discount_word(kStart);
    EXPECT_LT(after(ledger, introductions, 29), kOneCredit);
    EXPECT_FALSE(ledger.take(introductions, kStart + 29 * kDay));
    EXPECT_GT(after(ledger, introductions, 59), kOneCredit) << "one is forgotten";
    EXPECT_EQ(after(ledger, introductions, 165), Credit::whole(3));
    EXPECT_EQ(after(ledger, mail, 0), Credit::whole(6)) << "the mail is not touched";
}

TEST(GrantLedger, unwanted_vouches_cost_two_and_halve_for_thirty_days) {
    GrantLedger ledger = known();
    ledger.discount_vouches(kStart);
    EXPECT_EQ(ledger.available(vouches, kStart), Credit::tenths(25));
    take_all(ledger, vouches, kStart);
    EXPECT_EQ(after(ledger, vouches, 2), Credit::whole(1)) << "0.5 left, 0.25 a day";
    EXPECT_EQ(after(ledger, vouches, 29), Credit::tenths(25));
    EXPECT_EQ(after(ledger, vouches, 30), Credit::tenths(25));
    EXPECT_EQ(after(ledger, vouches, 32), Credit::tenths(35));
    EXPECT_EQ(after(ledger, vouches, 60), Credit::whole(5));
    ledger.discount_vouches(kStart);
    EXPECT_EQ(ledger.available(vouches, kStart), Credit()) << "never below nothing";
}

TEST(GrantLedger, one_tap_restores_what_looked_hacked) {
    GrantLedger ledger = well_trusted();
    const GrantLedger before = ledger;
    ledger.suspend(kStart);
    EXPECT_EQ(ledger.standing(kStart), GrantStanding::suspended);
    EXPECT_EQ(ledger.available(introductions, kStart), Credit());
    EXPECT_FALSE(ledger.take(vouches, kStart));
    EXPECT_TRUE(ledger.take(mail, kStart)) << "what is held is metered, too";
    EXPECT_TRUE(ledger.refund(mail, kStart, kStart));
    ledger.lift_suspension(kStart);
    EXPECT_EQ(ledger, before);
}

TEST(GrantLedger, blocked_gives_nothing_and_forgets_nothing) {
    GrantLedger ledger = well_trusted();
    ASSERT_EQ(take_all(ledger, vouches, kStart), 5);
    ledger.set_level(GrantLevel::blocked, kStart);
    for (const GrantBucket bucket : {mail, introductions, vouches}) {
        EXPECT_EQ(ledger.available(bucket, kStart), Credit());
        EXPECT_FALSE(ledger.take(bucket, kStart));
    }
    ledger.engaged(kStart);
    EXPECT_EQ(ledger.standing(kStart), GrantStanding::blocked) << "answers do not unblock";
    ledger.set_level(GrantLevel::known, kStart);
    EXPECT_EQ(ledger.available(vouches, kStart), Credit());
    EXPECT_EQ(ledger.available(mail, kStart), Credit::whole(6));
}

TEST(GrantLedger, choosing_to_and_fro_fills_nothing) {
    GrantLedger ledger = well_trusted();
    take_all(ledger, mail, kStart);
    for (int i = 0; i < 10; ++i) {
        ledger.set_level(GrantLevel::known, kStart);
        ledger.set_level(GrantLevel::well_trusted, kStart);
        ledger.suspend(kStart);
        ledger.lift_suspension(kStart);
    }
    EXPECT_EQ(ledger.available(mail, kStart), Credit());
}

TEST(GrantLedger, fades_with_its_caps_and_engagement_brings_back_known_alone) {
    GrantLedger ledger = well_trusted();
    EXPECT_EQ(after(ledger, mail, 399), Credit::whole(16));
    EXPECT_EQ(after(ledger, mail, 400), Credit::whole(6));
    EXPECT_EQ(after(ledger, vouches, 800), Credit()) << "dormant people have no word";
    EXPECT_EQ(ledger.standing(kStart + 800 * kDay), GrantStanding::dormant);
    EXPECT_EQ(after(ledger, mail, 800), Credit::whole(6)) << "free, but metered";
    GrantLedger asleep = ledger;
    ledger.kept_alive(kStart + 399 * kDay);
    EXPECT_EQ(ledger.standing(kStart + 798 * kDay), GrantStanding::well_trusted);
    ledger.engaged(kStart + 800 * kDay);
    EXPECT_EQ(ledger.standing(kStart + 800 * kDay), GrantStanding::known)
        << "trust that faded is not given back by one answer";
    asleep.engaged(kStart + 900 * kDay);
    EXPECT_EQ(asleep.standing(kStart + 900 * kDay), GrantStanding::known);
    EXPECT_EQ(after(asleep, vouches, 900), Credit()) << "and begins empty";
    EXPECT_EQ(after(asleep, vouches, 902), Credit::whole(1));
}

TEST(GrantLedger, introduced_people_write_and_do_not_introduce) {
    GrantLedger ledger = GrantLedger::introduced(kStart + kIntroductionLife, kStart);
    EXPECT_EQ(ledger.available(mail, kStart), Credit::whole(6));
    EXPECT_FALSE(ledger.take(introductions, kStart));
    EXPECT_FALSE(ledger.take(vouches, kStart + 20 * kDay));
    take_all(ledger, mail, kStart);
    ledger.introduce_again(kStart + 2 * kIntroductionLife, kStart);
    EXPECT_EQ(ledger.available(mail, kStart), Credit()) << "another introduction fills nothing";
    EXPECT_EQ(ledger.standing(kStart + 59 * kDay), GrantStanding::introduced);
    EXPECT_EQ(ledger.standing(kStart + 60 * kDay), GrantStanding::dormant);
    ledger.engaged(kStart + 20 * kDay);
    EXPECT_EQ(ledger.standing(kStart + 100 * kDay), GrantStanding::known);
    EXPECT_TRUE(ledger.take(vouches, kStart + 22 * kDay)) << "now it is the person's own word";
}

TEST(GrantLedger, introduction_changes_nothing_for_people_one_knows) {
    GrantLedger ledger = well_trusted();
    ledger.introduce_again(kStart + kDay, kStart);
    EXPECT_EQ(ledger, well_trusted());
    ledger.suspend(kStart);
    ledger.introduce_again(kStart + kDay, kStart);
    EXPECT_EQ(ledger.standing(kStart), GrantStanding::suspended);
}

TEST(GrantLedger, comes_back_from_a_loss_with_half_the_caps_at_most) {
    GrantLedger ledger = well_trusted();
    ledger.engaged(kStart);
    ledger.come_back(kStart);
    EXPECT_EQ(ledger.earned(kStart), Credit());
    EXPECT_EQ(ledger.available(mail, kStart), Credit::whole(8));
    EXPECT_EQ(ledger.available(vouches, kStart), Credit::tenths(25));
    EXPECT_EQ(GrantLedger::after_loss(GrantLevel::well_trusted, kStart, kStart), ledger);
    take_all(ledger, mail, kStart);
    ledger.come_back(kStart);
    EXPECT_EQ(ledger.available(mail, kStart), Credit()) << "and never with more than it had";
    EXPECT_FALSE(ledger.refund(mail, kStart, kStart)) << "what was debited before is gone";
    ASSERT_TRUE(ledger.take(mail, kStart + kDay));
    EXPECT_FALSE(ledger.refund(mail, kStart, kStart + kDay));
    EXPECT_TRUE(ledger.refund(mail, kStart + kDay, kStart + kDay));
}

TEST(GrantLedger, clock_set_back_gives_and_takes_nothing) {
    GrantLedger ledger = known();
    take_all(ledger, mail, kStart);
    const GrantLedger before = ledger;
    for (const GrantBucket bucket : {mail, introductions, vouches})
        EXPECT_EQ(ledger.available(bucket, kStart - 1000 * kDay), ledger.available(bucket, kStart));
    ledger.kept_alive(kStart - 1000 * kDay);
    EXPECT_EQ(ledger, before) << "not even its last engagement";
}

TEST(GrantRecord, is_one_line_that_parses_back) {
    GrantLedger ledger = well_trusted();
    ledger.take(mail, kStart + kDay);
    ledger.discount_word(kStart + kDay);
    ledger.discount_vouches(kStart + kDay);
    ledger.engaged(kStart + 2 * kDay);
    ledger.suspend(kStart + 2 * kDay);
    const std::string text = write_grant_ledger(ledger);
    EXPECT_EQ(*parse_grant_ledger(text), ledger);
    EXPECT_LT(text.size(), 200U);
    EXPECT_EQ(write_grant_ledger(known()),
              "1 known 1790000000 10368000 5184000 8640000 0 0 0 0 1790000000 1790000000 - 0 0 "
              "1790000000 1790000000 0");
}

TEST(GrantRecord, refusals_name_the_field) {
    const auto where = [](const std::string& text) {
        const auto read = parse_grant_ledger(text);
        EXPECT_FALSE(read) << text;
        return read ? "" : read.error().where;
    };
    const std::string good = write_grant_ledger(known());
    ASSERT_TRUE(parse_grant_ledger(good));
    const auto with = [&good](std::size_t index, const std::string& word) {
        std::string text;
        const auto words = split(good, ' ');
        for (std::size_t i = 0; i < words.size(); ++i)
            text += (i == 0 ? "" : " ") + (i == index ? word : std::string(words[i]));
        return text;
    };
    EXPECT_EQ(where(""), "grant ledger: version");
    EXPECT_EQ(where(with(0, "2")), "grant ledger: version");
    EXPECT_EQ(where(with(1, "friend")), "grant ledger: level");
    EXPECT_EQ(where(with(2, "253402300800")), "grant ledger: at");
    EXPECT_EQ(where(with(3, "27648001")), "grant ledger: mail") << "above every cap";
    EXPECT_EQ(where(with(4, "-1")), "grant ledger: introductions");
    EXPECT_EQ(where(with(5, "00")), "grant ledger: vouches");
    EXPECT_EQ(where(with(6, "1000001")), "grant ledger: open");
    EXPECT_EQ(where(with(9, "279936001")), "grant ledger: earned");
    EXPECT_EQ(where(with(12, "--")), "grant ledger: until");
    EXPECT_EQ(where(with(13, "2")), "grant ledger: suspended");
    EXPECT_EQ(where(with(14, "16")), "grant ledger: discounts");
    EXPECT_EQ(where(good + " 1"), "grant ledger: end");
    EXPECT_EQ(where(good.substr(0, good.rfind(' '))), "grant ledger: came back");
    EXPECT_EQ(where(good + std::string(256, ' ')), "grant ledger");
}

// Any sequence of everything, on two ledgers: one is looked at and written out between any two
// steps.
TEST(GrantLedgerProperty, looking_and_restarting_change_nothing) {
    std::mt19937_64 draw(5);
    for (int run = 0; run < 100; ++run) {
        GrantLedger quiet = run % 2 == 0 ? known() : well_trusted();
        GrantLedger watched = quiet;
        Time now = kStart;
        for (int step = 0; step < 200; ++step) {
            now += Seconds(draw() % (draw() % 10 == 0 ? 20'000'000 : 100'000));
            const std::uint64_t what = draw() % 16;
            const auto which = static_cast<GrantBucket>(draw() % 3);
            (void)watched.available(which, now - Seconds(draw() % 1'000'000));
            watched.write_off(mail, now - Seconds(1 + draw() % 50'000));
            quiet.write_off(mail, now - Seconds(1'000'000'000));
            watched = *parse_grant_ledger(write_grant_ledger(watched));
            for (GrantLedger* ledger : {&quiet, &watched}) {
                if (what < 8)
                    (void)ledger->take(which, now);
                else if (what == 8)
                    ledger->engaged(now);
                else if (what == 9)
                    ledger->discount_word(now);
                else if (what == 10)
                    ledger->discount_vouches(now);
                else if (what == 11)
                    ledger->set_level(static_cast<GrantLevel>(step % 3), now);
                else if (what == 12)
                    ledger->suspend(now);
                else if (what == 13)
                    ledger->lift_suspension(now);
                else
                    (void)ledger->refund(which, now, now);
            }
            for (const GrantBucket bucket : {mail, introductions, vouches})
                ASSERT_EQ(quiet.available(bucket, now), watched.available(bucket, now))
                    << "run " << run << ", step " << step;
        }
    }
}

// A thief writes to x, who answers; and another one, whom x does not answer. When both are found
// out, the first is no better off, then and later.
TEST(GrantLedgerProperty, what_a_thief_was_answered_leaves_nothing_behind) {
    std::mt19937_64 draw(6);
    // The curve that E falls along begins anew with each credit (earned.h): 0.031 % of E.
    const Credit rounding = Credit::of_units(Credit::kUnits / 100);
    for (int run = 0; run < 200; ++run) {
        GrantLedger answered = run % 2 == 0 ? known() : well_trusted();
        Time now = kStart;
        for (int step = 0; step < 20; ++step) {
            now += Seconds(draw() % 200'000);
            (void)answered.take(mail, now);
            if (draw() % 2 == 0) {
                answered.engaged(now);
                (void)answered.refund(mail, now, now);
            }
        }
        // Far from both ends of the bucket, so that nothing is hidden by them.
        while (answered.available(mail, now) >= Credit::whole(3))
            (void)answered.take(mail, now);
        GrantLedger silent = answered;
        std::vector<Time> came;
        const std::uint64_t messages = 1 + draw() % (run % 3 == 0 ? 30 : 2);
        for (std::uint64_t step = 0; step < messages; ++step) {
            now += Seconds(draw() % 80'000);
            const bool in = answered.take(mail, now);
            (void)silent.take(mail, now);
            if (!in || draw() % 3 == 0)
                continue;
            answered.engaged(now);
            (void)answered.refund(mail, now, now);
            came.push_back(now);
        }
        now += Seconds(draw() % 300'000);
        for (const Time when : came) {
            answered.disengaged(when, now);
            answered.take_refund_back(mail, now);
        }
        for (int later = 0; later < 20; ++later) {
            ASSERT_LE(answered.earned(now), silent.earned(now) + rounding) << "run " << run;
            ASSERT_LE(answered.available(mail, now), silent.available(mail, now) + rounding)
                << "run " << run;
            now += Seconds(draw() % 500'000);
        }
    }
}

TEST(GrantLedger, nothing_falls_below_zero_when_it_is_taken_back) {
    GrantLedger ledger = known();
    for (int i = 0; i < 20; ++i) {
        ledger.disengaged(kStart, kStart + Seconds(1'000'000));
        for (const GrantBucket bucket : {mail, introductions, vouches})
            ledger.take_refund_back(bucket, kStart + Seconds(1'000'000));
    }
    EXPECT_EQ(ledger.earned(kStart), Credit());
    for (const GrantBucket bucket : {mail, introductions, vouches})
        EXPECT_EQ(ledger.available(bucket, kStart), Credit());
    EXPECT_EQ(*parse_grant_ledger(write_grant_ledger(ledger)), ledger);
}

}  // namespace
}  // namespace kith
