// docs/vectors/moved.json: what a sender makes of the answer 410.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "identity/move_check.h"
#include "protocol/problem.h"
#include "testing/vectors.h"

namespace kith {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

Chain chain_of(const json::value& notes) {
    std::vector<SignedCard> cards;
    for (const json::value& note : notes.as_array())
        cards.push_back(*read_card(text_of(note)));
    const Hash root = cards.front().root();
    return resolve(std::move(cards), root)->chain;
}

TEST(MovedVectors, an_answer_leads_where_its_card_says_and_nowhere_else) {
    const json::value all =
        json::parse(testing::read_file(testing::source_root() / "docs/vectors/moved.json"));
    ASSERT_GE(all.at("cases").as_array().size(), 10U);
    for (const json::value& one : all.at("cases").as_array()) {
        const std::string name = text_of(one.at("name"));
        const auto answer = parse_problem(text_of(one.at("body")), 410);
        ASSERT_TRUE(answer) << name;
        EXPECT_EQ(answer->known(), Problem::moved) << name;
        EXPECT_EQ(answer->remedy(), Remedy::none) << name;
        const auto to = moved_to(chain_of(one.at("known")),
                                 *Address::parse(text_of(one.at("asked"))),
                                 answer->card.value_or(""));
        ASSERT_EQ(to.has_value(), one.at("valid").as_bool()) << name;
        if (to) {
            EXPECT_EQ(to->text(), text_of(one.at("to"))) << name;
            continue;
        }
        EXPECT_EQ(name_of(to.error().kind), text_of(one.at("kind"))) << name;
        EXPECT_EQ(to.error().where, text_of(one.at("where"))) << name;
    }
}

}  // namespace
}  // namespace kith
