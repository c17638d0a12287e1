#include "protocol/problem.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace kith {
namespace {

TEST(Problem, every_problem_is_in_the_table_at_its_place) {
    for (int i = 0; i <= static_cast<int>(Problem::internal); ++i) {
        const auto problem = static_cast<Problem>(i);
        const ProblemKind& kind = kind_of(problem);
        EXPECT_EQ(kind.problem, problem) << kind.type;
        EXPECT_EQ(find_problem(kind.type), &kind) << kind.type;
        EXPECT_GE(kind.status, 400);
    }
}

TEST(Problem, the_statuses_are_those_of_the_specification) {
    EXPECT_EQ(kind_of(Problem::malformed).status, 400);
    EXPECT_EQ(kind_of(Problem::stamp_needed).status, 402);
    for (const char* const type : {"bad-signature",
                                   "expired",
                                   "future",
                                   "wrong-domain",
                                   "token-revoked",
                                   "token-spent",
                                   "token-foreign",
                                   "sender-frozen",
                                   "refused"})
        EXPECT_EQ(find_problem(type)->status, 403) << type;
    EXPECT_EQ(find_problem("no-such-account")->status, 404);
    for (const char* const type : {"blob-needed", "card-needed", "id-reused"})
        EXPECT_EQ(find_problem(type)->status, 409) << type;
    EXPECT_EQ(find_problem("too-large")->status, 413);
    EXPECT_EQ(find_problem("blob-mismatch")->status, 422);
    EXPECT_EQ(find_problem("over-quota")->status, 429);
    for (const char* const type : {"busy", "not-ready", "storage"})
        EXPECT_EQ(find_problem(type)->status, 503) << type;
}

TEST(Problem, what_is_written_reads_back) {
    ProblemDetails details = make_problem(Problem::stamp_needed, "bring a stamp");
    details.price = "kith/1 price\n…\n\n— two.test AAAA\n";
    details.limit = 4096;
    const auto read = parse_problem(write_problem(details), 402);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, details);
    EXPECT_EQ(read->known(), Problem::stamp_needed);
}

TEST(Problem, remedy_is_by_type_and_else_by_status) {
    EXPECT_EQ(make_problem(Problem::blob_needed).remedy(), Remedy::bring_blob);
    EXPECT_EQ(make_problem(Problem::card_needed).remedy(), Remedy::bring_cards);
    EXPECT_EQ(make_problem(Problem::id_reused).remedy(), Remedy::none);
    EXPECT_EQ(answer_problem("<html>", 502).remedy(), Remedy::wait);
    EXPECT_EQ(answer_problem("", 429).remedy(), Remedy::wait);
    EXPECT_EQ(answer_problem(R"({"type":"of-2040"})", 403).remedy(), Remedy::none);
    EXPECT_EQ(answer_problem(R"({"type":"of-2040"})", 403).type, "of-2040");
}

TEST(Problem, unreadable_bodies_are_refused) {
    EXPECT_FALSE(parse_problem("[]", 400));
    EXPECT_FALSE(parse_problem("{", 400));
    EXPECT_FALSE(parse_problem(std::string(kMaxProblem + 1, ' '), 400));
    EXPECT_EQ(parse_problem(R"({"type":5,"limit":-1})", 413)->limit, std::nullopt);
}

TEST(Problem, a_peers_words_are_cut_between_characters) {
    const auto read = parse_problem(
        R"({"type":"refused","title":")" + std::string(1'000, 't') + R"(","detail":")" +
            [] {
                std::string umlauts;
                for (int i = 0; i < 1'000; ++i)
                    umlauts += "\u00fc";
                return umlauts;
            }() +
            R"("})",
        403);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->title.size(), 300U);
    EXPECT_EQ(read->detail.size(), 600U);
    EXPECT_TRUE(is_utf8(read->detail));
}

TEST(Problem, our_own_failures_do_not_leave_the_house) {
    const auto details = problem_of(fail(ErrorKind::io, "/var/lib/kith/x", "disk full"));
    EXPECT_EQ(details.type, "storage");
    EXPECT_EQ(details.detail, "");
    EXPECT_EQ(problem_of(fail(ErrorKind::internal, "x", "y")).detail, "");
    EXPECT_EQ(problem_of(fail(ErrorKind::expired, "stub: expires", "is over")).detail,
              "stub: expires: is over");
}

TEST(Problem, moved_brings_the_card_that_says_so_and_no_larger_one) {
    ProblemDetails moved = make_problem(Problem::moved, "alice@one.test is alice@two.test now");
    EXPECT_EQ(moved.status, 410);
    EXPECT_EQ(moved.remedy(), Remedy::none);
    moved.card = "kith/1 card\naddress alice@one.test\n\n\u2014 one.test AAAA\n";
    EXPECT_EQ(*parse_problem(write_problem(moved), 410), moved);
    moved.card = std::string(65'537, 'x');
    EXPECT_FALSE(parse_problem(write_problem(moved), 410)->card);
}

}  // namespace
}  // namespace kith
