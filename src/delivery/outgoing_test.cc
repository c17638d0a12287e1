#include "delivery/outgoing.h"

#include <gtest/gtest.h>

#include "identity/people_for_tests.h"

namespace kith {
namespace {

Attempt answered(int status, ProblemDetails problem = {}) {
    Attempt attempt;
    attempt.came = Attempt::Came::answer;
    attempt.status = status;
    attempt.problem = std::move(problem);
    return attempt;
}
Attempt refused(Problem problem) {
    return answered(kind_of(problem).status, make_problem(problem));
}
Attempt unanswered(ErrorKind kind) {
    Attempt attempt;
    attempt.error = fail(kind, "two.test", "why");
    return attempt;
}

TEST(Outgoing, DeliveredAndHeldAreFinal) {
    EXPECT_EQ(judge_attempt(answered(201)).state, RecipientState::delivered);
    EXPECT_EQ(judge_attempt(answered(202)).state, RecipientState::held);
    EXPECT_EQ(judge_attempt(answered(201)).next, NextStep::done);
}

TEST(Outgoing, APriceWaitsForAStampAndIsToldToTheSender) {
    auto attempt = refused(Problem::stamp_needed);
    attempt.problem.price = "kith/1 price\n…";
    const auto outcome = judge_attempt(attempt);
    EXPECT_EQ(outcome.state, RecipientState::needs_stamp);
    EXPECT_NE(outcome.answer.find("kith/1 price"), std::string::npos);
    EXPECT_EQ(judge_attempt(refused(Problem::stamp_needed)).state, RecipientState::refused);
}

TEST(Outgoing, WhatIsAskedForIsSentOnce) {
    auto blob = refused(Problem::blob_needed);
    EXPECT_EQ(judge_attempt(blob).next, NextStep::send_blob);
    blob.blob_sent = true;
    EXPECT_EQ(judge_attempt(blob).next, NextStep::done);
    auto chain = refused(Problem::card_needed);
    EXPECT_EQ(judge_attempt(chain).next, NextStep::send_chain);
    chain.chain_sent = true;
    EXPECT_EQ(judge_attempt(chain).next, NextStep::done);
    EXPECT_EQ(judge_attempt(chain).state, RecipientState::refused);
}

TEST(Outgoing, BusyServersAndBrokenConnectionsAreTriedAgain) {
    EXPECT_EQ(judge_attempt(refused(Problem::busy)).next, NextStep::wait);
    EXPECT_EQ(judge_attempt(refused(Problem::over_quota)).next, NextStep::wait);
    EXPECT_EQ(judge_attempt(answered(502, answer_problem("", 502))).next, NextStep::wait);
    EXPECT_EQ(judge_attempt(unanswered(ErrorKind::unavailable)).next, NextStep::wait);
    EXPECT_EQ(judge_attempt(unanswered(ErrorKind::timeout)).next, NextStep::wait);
    EXPECT_EQ(judge_attempt(unanswered(ErrorKind::untrusted)).next, NextStep::wait);
}

TEST(Outgoing, NoServerAtThatDomainIsFinal) {
    const auto outcome = judge_attempt(unanswered(ErrorKind::not_found));
    EXPECT_EQ(outcome.next, NextStep::done);
    EXPECT_EQ(outcome.state, RecipientState::failed);
    EXPECT_NE(outcome.answer.find("not-found"), std::string::npos);
}

TEST(Outgoing, RefusalsAreFinal) {
    for (const Problem problem : {Problem::bad_signature,
                                  Problem::token_revoked,
                                  Problem::refused,
                                  Problem::no_such_account,
                                  Problem::id_reused}) {
        const auto outcome = judge_attempt(refused(problem));
        EXPECT_EQ(outcome.next, NextStep::done);
        EXPECT_EQ(outcome.state, RecipientState::refused);
    }
}

TEST(Outgoing, WhoHasMovedIsToldByTheCard) {
    Attempt attempt = refused(Problem::moved);
    attempt.problem.card = "a card";
    const auto outcome = judge_attempt(attempt);
    EXPECT_EQ(outcome.state, RecipientState::refused);
    EXPECT_NE(outcome.answer.find(R"("card":"a card")"), std::string::npos) << outcome.answer;
}

TEST(Outgoing, WaitsGrowToAnHourAndNeverBeyond) {
    SystemRandom random;
    Seconds least{0};
    for (std::int64_t attempts = 1; attempts < 40; ++attempts) {
        const Seconds wait = back_off(attempts, random);
        EXPECT_GE(wait, Seconds(2));
        EXPECT_LE(wait, Seconds(3600));
        if (attempts == 3)
            least = wait;
        if (attempts > 8)
            EXPECT_GT(wait, least);
    }
}

TEST(Outgoing, WhatIsHeldSaysHowItStands) {
    Attempt attempt;
    attempt.came = Attempt::Came::answer;
    attempt.status = 202;
    EXPECT_EQ(judge_attempt(attempt).answer, R"({"status":202})");
    attempt.held =
        HeldAnswer{.expires = kStart, .shown = HeldAnswer::Shown::yes, .price = "a note"};
    const auto outcome = judge_attempt(attempt);
    EXPECT_EQ(outcome.state, RecipientState::held);
    EXPECT_EQ(outcome.answer,
              R"({"status":202,"expires":")" + format_time(kStart) +
                  R"(","shown":true,"price":"a note"})");
}

TEST(Outgoing, WhatIsHeldStaysSoWhateverBecomesOfAskingAgain) {
    RecipientRecord row;
    row.expires = kStart + Seconds(10);
    Attempt attempt;
    attempt.came = Attempt::Came::answer;
    attempt.status = 202;
    settle(row, judge_attempt(attempt), kStart);
    EXPECT_EQ(row.held, RecipientRecord::Held::yes);
    const std::string told = row.answer;
    put_off(row, judge_attempt(refused(Problem::busy)), Seconds(5), kStart);
    EXPECT_EQ(row.state, RecipientState::queued);
    EXPECT_EQ(row.answer, told);
    put_off(row, judge_attempt(unanswered(ErrorKind::timeout)), Seconds(11), kStart);
    EXPECT_EQ(row.state, RecipientState::held);
    EXPECT_EQ(row.answer, told);
    // A server that has lost it asks for the price anew; one that has the body has it all.
    ProblemDetails price = make_problem(Problem::stamp_needed);
    price.price = "a note";
    attempt.status = 402;
    attempt.problem = price;
    settle(row, judge_attempt(attempt), kStart);
    EXPECT_EQ(row.state, RecipientState::needs_stamp);
    EXPECT_EQ(row.held, RecipientRecord::Held::no);
}

TEST(Outgoing, ARowThatWouldOutliveItsTimeHasFailed) {
    RecipientRecord row;
    row.expires = kStart + Seconds(10);
    put_off(row, judge_attempt(refused(Problem::busy)), Seconds(5), kStart);
    EXPECT_EQ(row.state, RecipientState::queued);
    EXPECT_EQ(row.next_attempt, kStart + Seconds(5));
    put_off(row, judge_attempt(refused(Problem::busy)), Seconds(11), kStart);
    EXPECT_EQ(row.state, RecipientState::failed);
}

}  // namespace
}  // namespace kith
