#include "protocol/held_answer.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

const std::string kGood = R"({"expires":"2026-12-07T10:00:00Z","shown":true,"price":"a note"})";

TEST(HeldAnswer, says_until_when_whether_its_day_is_over_and_the_price) {
    const auto answer = parse_held_answer(kGood);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->expires, *parse_time("2026-12-07T10:00:00Z"));
    EXPECT_EQ(answer->shown, HeldAnswer::Shown::yes);
    EXPECT_EQ(answer->price, "a note");
    EXPECT_EQ(write_held_answer(*answer), kGood);
}

TEST(HeldAnswer, may_leave_the_price_out_and_say_more) {
    const auto answer =
        parse_held_answer(R"({"expires":"2026-12-07T10:00:00Z","shown":false,"else":[1]})");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->shown, HeldAnswer::Shown::no);
    EXPECT_TRUE(answer->price.empty());
    EXPECT_EQ(*parse_held_answer(write_held_answer(*answer)), *answer);
}

TEST(HeldAnswer, is_refused_with_the_member_that_is_wrong) {
    const auto why = [](const std::string& text) {
        const auto answer = parse_held_answer(text);
        return answer ? "taken" : answer.error().where;
    };
    EXPECT_EQ(why(""), "held") << "of a server that says nothing";
    EXPECT_EQ(why("[]"), "held");
    EXPECT_EQ(why(R"({"shown":true})"), "held: expires");
    EXPECT_EQ(why(R"({"expires":7,"shown":true})"), "held: expires");
    EXPECT_EQ(why(R"({"expires":"tomorrow","shown":true})"), "held: expires");
    EXPECT_EQ(why(R"({"expires":"2026-12-07T10:00:00Z"})"), "held: shown");
    EXPECT_EQ(why(R"({"expires":"2026-12-07T10:00:00Z","shown":1})"), "held: shown");
    EXPECT_EQ(why(R"({"expires":"2026-12-07T10:00:00Z","shown":true,"price":1})"), "held: price");
    const std::string head = R"({"expires":"2026-12-07T10:00:00Z","shown":true,"price":")";
    EXPECT_EQ(why(head + std::string(65'537, 'x') + "\"}"), "held: price");
    EXPECT_EQ(why(std::string(200'000, ' ') + kGood), "held");
}

}  // namespace
}  // namespace kith
