// The command line: which lines are understood, and what is said of those that are not.
#include "kith/cli_grammar.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

Chosen read(std::vector<std::string> words) {
    words.insert(words.begin(), "kith");
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    return read_command_line(static_cast<int>(words.size()), argv.data());
}

struct Said {
    Chosen chosen;
    std::string out;
    std::string err;
};

Said hear(const std::vector<std::string>& words) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Said said{.chosen = read(words), .out = {}, .err = {}};
    said.out = testing::internal::GetCapturedStdout();
    said.err = testing::internal::GetCapturedStderr();
    return said;
}

bool understood(const std::vector<std::string>& words) {
    const Said said = hear(words);
    return !said.chosen.over && (said.chosen.with_person || said.chosen.without);
}

TEST(Grammar, UnderstandsEveryVerbAsTheManualSpellsIt) {
    const std::vector<std::vector<std::string>> lines = {
        {"init", "alice@one.test", "--invite", "CODE"},
        {"init", "alice@one.test", "--link", "abcdefgh-0123456789abcdef"},
        {"send",
         "bob@two.test",
         "carol@one.test",
         "-s",
         "x",
         "--cc",
         "d@one.test",
         "--bcc",
         "e@one.test",
         "-a",
         "f",
         "-a",
         "g",
         "--token",
         "t",
         "--wait"},
        {"send", "bob@two.test", "--eml", "letter.eml", "--wait=5"},
        {"introduce", "alice@one.test", "bob@two.test", "-m", "x", "--wait"},
        {"inbox"},
        {"inbox", "--tier", "known"},
        {"requests"},
        {"accept", "7f2c"},
        {"decline", "7f2c", "--block"},
        {"read", "7f2c", "--eml"},
        {"read", "7f2c", "--text"},
        {"read", "7f2c", "--save", "dir"},
        {"sent"},
        {"sent", "7f2c"},
        {"contacts"},
        {"contacts", "add", "bob@two.test"},
        {"trust", "bob@two.test", "well-trusted"},
        {"verify", "bob@two.test"},
        {"card"},
        {"card", "bob@two.test"},
        {"token", "new"},
        {"token", "new", "--kind", "newsletter", "--per-day", "5"},
        {"token", "list"},
        {"token", "revoke", "7f2c"},
        {"device", "list"},
        {"device", "link"},
        {"device", "revoke", "phone"},
        {"list", "join", "bees@one.test", "--per-day", "20"},
        {"list", "leave", "bees@one.test"},
        {"list", "create", "--name", "Bees", "--posts", "known", "--moderator", "bob@two.test"},
        {"list", "settings"},
        {"list", "run"},
        {"list", "members"},
        {"list", "add", "bob@two.test", "carol@one.test"},
        {"list", "remove", "bob@two.test"},
        {"list", "pending"},
        {"list", "approve", "7f2c", "--forgive"},
        {"list", "reject", "bob@two.test"},
        {"export", "dir"},
        {"import", "dir"},
        {"passphrase", "--remove"},
        {"why", "7f2c"},
        {"watch"},
        {"completion", "bash"}};
    for (const auto& line : lines)
        EXPECT_TRUE(understood(line)) << line[0];
}

TEST(Grammar, TakesTheGlobalOptionsBeforeAndAfterTheVerb) {
    for (const std::vector<std::string>& line : {std::vector<std::string>{"--json", "inbox"},
                                                 {"inbox", "--json"},
                                                 {"token", "--json", "list"},
                                                 {"token", "list", "--json"}})
        EXPECT_TRUE(hear(line).chosen.json);
    EXPECT_FALSE(hear({"inbox"}).chosen.json);
    EXPECT_EQ(hear({"inbox", "--home", "/x"}).chosen.home, "/x");
    EXPECT_EQ(hear({"--home", "/x", "inbox"}).chosen.home, "/x");
}

TEST(Grammar, TakesAValueThatLooksLikeAnOption) {
    EXPECT_TRUE(understood({"send", "bob@two.test", "-s", "-50 %", "-m", "- item"}));
    EXPECT_TRUE(understood({"send", "bob@two.test", "-s", "", "-m", ""}));
}

TEST(Grammar, SaysWhatIsWrongInOneLineThatEndsWithUsage) {
    const std::vector<std::vector<std::string>> lines = {{},
                                                         {"sned", "bob@two.test"},
                                                         {"read"},
                                                         {"trust", "bob@two.test"},
                                                         {"inbox", "extra"},
                                                         {"inbox", "--colour"},
                                                         {"inbox", "--limit", "many"},
                                                         {"token"},
                                                         {"token", "new", "extra"}};
    for (const auto& line : lines) {
        const Said said = hear(line);
        ASSERT_TRUE(said.chosen.over);
        EXPECT_EQ(*said.chosen.over, ExitCode::usage);
        EXPECT_TRUE(said.err.starts_with("kith: ")) << said.err;
        EXPECT_EQ(said.err.find('\n'), said.err.size() - 1) << said.err;
        EXPECT_TRUE(said.out.empty());
    }
    EXPECT_NE(hear({"sned"}).err.find("'sned' is no command"), std::string::npos);
    EXPECT_NE(hear({"token", "new", "extra"}).err.find("kith token new --help"), std::string::npos);
}

TEST(Grammar, SaysItInJsonToo) {
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"--json", "sned"}, {"read", "--json"}}) {
        const auto value = parse_json_object(hear(line).out);
        ASSERT_TRUE(value);
        EXPECT_EQ(number_at(*value, "exitCode"), 2);
    }
}

TEST(Grammar, HelpEndsWellAndIsThatOfTheDeepestCommand) {
    const Said said = hear({"token", "new", "--help"});
    EXPECT_EQ(said.chosen.over, ExitCode::done);
    EXPECT_NE(said.out.find("--per-day"), std::string::npos);
    EXPECT_NE(hear({"--version"}).out.find("kith "), std::string::npos);
}

TEST(Completion, NamesEveryCommandAndQuotesWhatItSays) {
    CommandTree tree{.name = "kith", .description = "mail", .options = {}, .commands = {}};
    tree.options.push_back({.names = {"--json"}, .description = "it's JSON"});
    CommandTree send{
        .name = "send", .description = "a person's letter", .options = {}, .commands = {}};
    send.options.push_back({.names = {"-a", "--attach"}, .description = "a file"});
    send.options.back().takes = CommandTree::Option::Takes::file;
    tree.commands.push_back(send);
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = completion_script(tree, *parse_shell(shell));
        EXPECT_NE(script.find("send"), std::string::npos) << shell;
        EXPECT_NE(script.find("attach"), std::string::npos) << shell;
    }
    EXPECT_NE(completion_script(tree, Shell::fish).find(R"('a person'\''s letter')"),
              std::string::npos);
    EXPECT_EQ(exit_code_of(parse_shell("tcsh").error()), ExitCode::usage);
}

}  // namespace
}  // namespace kith
