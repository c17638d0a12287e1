#include "note/list_command.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using Action = ListCommand::Action;

const std::string kRoot = sha256("bees").text();

std::string where(const std::string& text) {
    const auto read = parse_list_command(text);
    return read ? "" : read.error().where;
}

TEST(ListCommand, EachActionIsWrittenAndReadBack) {
    const ListCommand join{.action = Action::join, .list = sha256("bees"), .token = "nabc"};
    EXPECT_EQ(write_list_command(join),
              "kith/1 list\naction join\nlist " + kRoot + "\ntoken nabc\n");
    EXPECT_EQ(*parse_list_command(write_list_command(join)), join);
    const ListCommand leave{.action = Action::leave, .list = sha256("bees")};
    EXPECT_EQ(*parse_list_command(write_list_command(leave)), leave);
    const ListCommand report{
        .action = Action::report, .list = sha256("bees"), .post = std::string(32, 'a')};
    EXPECT_EQ(*parse_list_command(write_list_command(report)), report);
}

TEST(ListCommand, RefusalsNameTheField) {
    const std::string head = "kith/1 list\naction ";
    const std::string list = "\nlist " + kRoot + "\n";
    EXPECT_EQ(where(head + "sing" + list), "list: action");
    EXPECT_EQ(where(head + "join" + list), "list: token") << "a subscription brings its token";
    EXPECT_EQ(where(head + "join" + list + "token N!\n"), "list: token");
    EXPECT_EQ(where(head + "leave" + list + "token nabc\n"), "list: token");
    EXPECT_EQ(where(head + "report" + list), "list: post");
    EXPECT_EQ(where(head + "leave" + list + "post " + std::string(32, 'a') + "\n"), "list: post");
    EXPECT_EQ(where(head + "leave\n"), "list: list");
    EXPECT_EQ(where(head + "leave" + list + "more " + std::string(1'100, 'x') + "\n"),
              "list: size");
    EXPECT_EQ(where(head + "leave" + list + "later yes\n"), "") << "unknown fields are ignored";
}

}  // namespace
}  // namespace kith
