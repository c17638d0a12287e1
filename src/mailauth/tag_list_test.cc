#include "mailauth/tag_list.h"

#include "mailauth/mailauth_tests.h"

namespace kith::mailauth {
namespace {

TEST(TagList, tags_are_found_with_white_space_around_them_left_out) {
    const auto tags = TagList::parse(" v = 1 ;\r\n\th=from :\r\n to;b=a b==; n=;");
    ASSERT_TRUE(tags);
    EXPECT_EQ(tags->first(), "v");
    EXPECT_EQ(tags->find("v"), "1");
    EXPECT_EQ(tags->find("h"), "from :\r\n to");
    EXPECT_EQ(tags->find("b"), "a b==");
    EXPECT_EQ(tags->find("n"), "");
    EXPECT_EQ(tags->find("V"), std::nullopt);
    EXPECT_EQ(tags->get("x").error().text(), "tags: x= is missing (malformed)");
}

TEST(TagList, what_is_no_list_is_refused) {
    for (const char* text : {"",
                             ";",
                             "a",
                             "a=1;;",
                             "a=1;;b=2",
                             "=1",
                             "1=a",
                             "a b=1",
                             "a=1; a=2",
                             "a=\x01",
                             "a=\x7F",
                             "a=\xFF",
                             "a-b=1"})
        EXPECT_FALSE(TagList::parse(text)) << text;
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "t" + std::to_string(i) + "=1;";
    EXPECT_EQ(TagList::parse(many).error().kind, ErrorKind::limit);
}

TEST(TagList, lists_of_names_are_lower_case_without_white_space) {
    EXPECT_EQ(colon_list(" From :\r\n TO:subject"),
              (std::vector<std::string>{"from", "to", "subject"}));
    EXPECT_EQ(colon_list(""), (std::vector<std::string>{""}));
}

// RFC 6376 section 3.5: what is signed of the signature's own field.
TEST(TagList, only_the_value_of_b_is_taken_out) {
    EXPECT_EQ(without_signature(" a=1; b = AB\r\n CD ; bh=EF; c=b"), " a=1; b =; bh=EF; c=b");
    EXPECT_EQ(without_signature("b=AB=="), "b=");
    EXPECT_EQ(without_signature("a=1"), "a=1");
    EXPECT_EQ(without_signature(""), "");
}

}  // namespace
}  // namespace kith::mailauth
