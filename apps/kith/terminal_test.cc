// What a terminal shows: widths, tables that fit, and nothing that could steer it.
#include "kith/terminal.h"

#include <gtest/gtest.h>

#include "kith/columns.h"

namespace kith {
namespace {

Terminal terminal_of(std::size_t width) {
    Terminal terminal;
    terminal.output = width > 0;
    terminal.width = width;
    return terminal;
}

std::size_t widest_line(const std::string& text) {
    std::size_t most = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        most = std::max(most, columns_of(std::string_view(text).substr(at, end - at)));
        at = end + 1;
    }
    return most;
}

TEST(Columns, AreTwoForWideCharactersAndNoneForMarks) {
    EXPECT_EQ(columns_of("abc"), 3U);
    EXPECT_EQ(columns_of("漢字"), 4U);
    EXPECT_EQ(columns_of("e\u0301"), 1U);
    EXPECT_EQ(columns_of("📬"), 2U);
    EXPECT_EQ(columns_of("…"), 1U);
}

TEST(Columns, ACutTextNeverTakesMoreThanItsRoom) {
    EXPECT_EQ(cut_to_columns("abcdef", 6), "abcdef");
    EXPECT_EQ(cut_to_columns("abcdef", 4), "abc…");
    EXPECT_EQ(cut_to_columns("漢字漢字", 4), "漢…");
    EXPECT_EQ(cut_to_columns("abc", 0), "");
}

Table mail_table() {
    Table table({"id", "from", "time", "subject"}, 1);
    table.add({{"7f2c6a1d"},
               {"somebody.with.a.long.name@example.test"},
               {"2026-11-23 10:00"},
               {"a subject that is longer than the room there is for it"}});
    return table;
}

TEST(Tables, FitTheTerminal) {
    for (const std::size_t width : {40U, 60U, 80U, 120U})
        EXPECT_LE(widest_line(mail_table().text(terminal_of(width))), width) << width;
}

TEST(Tables, GiveAPipeEverything) {
    const auto text = mail_table().text(terminal_of(0));
    EXPECT_NE(text.find("somebody.with.a.long.name@example.test"), std::string::npos);
    EXPECT_NE(text.find("room there is for it"), std::string::npos);
}

TEST(Tables, ShowNoControlCharacters) {
    Table table({"id", "subject"}, 0);
    table.add({{"x"}, {"red \033[31m, \u009B31m, \u202E back"}});
    const auto text = table.text(terminal_of(0));
    for (const char* bad : {"\033", "\u009B", "\u202E"})
        EXPECT_EQ(text.find(bad), std::string::npos);
}

TEST(Json, SpellsWhatCouldSteerATerminalAndStaysTheSameValue) {
    const json::value value = {{"subject", "esc \033[2J csi \u009B2J del \x7F back \u202E 漢 📬"}};
    testing::internal::CaptureStdout();
    print_json(value);
    const std::string line = testing::internal::GetCapturedStdout();
    for (const char* bad : {"\033", "\u009B", "\x7F", "\u202E"})
        EXPECT_EQ(line.find(bad), std::string::npos);
    EXPECT_NE(line.find("漢 📬"), std::string::npos);
    EXPECT_EQ(*parse_json(line), value);
}

TEST(Failures, AreASentenceAndWithJsonAValue) {
    Terminal terminal;
    terminal.json = true;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    EXPECT_EQ(print_failure(terminal, fail(ErrorKind::not_found, "bob", "is not here")),
              ExitCode::not_found);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "kith: bob: is not here\n");
    const auto value = *parse_json_object(testing::internal::GetCapturedStdout());
    EXPECT_EQ(text_at(value, "error"), "bob: is not here");
    EXPECT_EQ(number_at(value, "exitCode"), 5);
}

}  // namespace
}  // namespace kith
