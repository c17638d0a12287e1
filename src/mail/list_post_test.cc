#include "mail/list_post.h"

#include <gtest/gtest.h>

#include "mail/compose.h"

namespace kith {
namespace {

const Address kList = *Address::parse("bees@one.test");
const std::string kHead =
    "Sender: bees@one.test\r\nList-Id: \"Bees\" <bees.one.test>\r\n"
    "List-Post: <mailto:bees@one.test>\r\n"
    "List-Unsubscribe: <mailto:bees@one.test?subject=unsubscribe>\r\n";

TEST(ListPost, KeepsWhatItsAuthorWroteAndSaysWhichListItIs) {
    const std::string letter =
        "From: Alice <alice@one.test>\r\nTo: bees@one.test\r\nSubject: Hives\r\n\r\n"
        "List-Id: <in the text>\r\n";
    const std::string post = as_list_post(letter, kList, "Bees");
    EXPECT_EQ(post, kHead + letter);
    const auto view = parse_message(post);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->list_id(), "bees.one.test");
    EXPECT_EQ(author_of_post(*view, kList)->email, "alice@one.test");
    EXPECT_EQ(as_list_post(post, kList, "Bees"), post) << "passed on again it is the same";
}

TEST(ListPost, TakesAwayWhatSpeaksForAnotherListOrAsksForReceipts) {
    EXPECT_EQ(as_list_post("List-Id: Other\r\n <other.test>\r\nlist-unsubscribe : <mailto:x@y>\r\n"
                           "Sender: x@y\r\nDisposition-Notification-To: a@b\r\n"
                           "Bcc: c@d,\r\n\te@f\r\nFrom: a@b\r\n\r\ntext",
                           kList,
                           "Bees"),
              kHead + "From: a@b\r\n\r\ntext");
}

TEST(ListPost, NameThatNeedsEncodingIsLeftOutAndLineEndsStay) {
    EXPECT_TRUE(as_list_post("From: a@b\n\ntext", kList, "Bienen\r\nBcc: x")
                    .starts_with("Sender: bees@one.test\nList-Id: <bees.one.test>\n"));
    EXPECT_TRUE(as_list_post("From: a@b\n\ntext", kList, "Bj\xC3\xB8rner")
                    .contains("\nList-Id: <bees.one.test>\n"));
}

TEST(ListPost, OfAnotherListOrOfSeveralAuthorsIsNobodysHere) {
    const auto author = [](const std::string& message) {
        return author_of_post(*parse_message(message), kList);
    };
    EXPECT_FALSE(author("From: a@b\r\n\r\n"));
    EXPECT_FALSE(author("List-Id: <other.test>\r\nFrom: a@b\r\n\r\n"));
    EXPECT_FALSE(author("List-Id: <bees.one.test>\r\nFrom: a@b, c@d\r\n\r\n"));
    EXPECT_TRUE(author("List-Id: Bees and others <BEES.one.test>\r\nFrom: a@b\r\n\r\n"));
}

TEST(ListPost, WhatAProgramSentIsTold) {
    const auto made = [](const std::string& message) { return parse_message(message)->made(); };
    EXPECT_EQ(made("Auto-Submitted: auto-replied\r\nFrom: a@b\r\n\r\n"),
              MessageView::Made::automatically);
    EXPECT_EQ(made("Auto-Submitted: no\r\nFrom: a@b\r\n\r\n"), MessageView::Made::by_hand);
    EXPECT_EQ(made("From: a@b\r\n\r\n"), MessageView::Made::by_hand);
}

}  // namespace
}  // namespace kith
