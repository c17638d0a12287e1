#include "server/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "testing/vectors.h"

namespace kith {
namespace {

TEST(Log, one_event_is_one_line_whatever_the_values_hold) {
    const std::string file = ::testing::TempDir() + "kith-log-" + std::to_string(getpid());
    auto log = *Log::open("info", file);
    log->info("delivery", {{"from", "a\nb \"c\""}, {"answer", "201"}, {"empty", ""}});
    log->write(Log::Level::debug, "not-shown", {});
    const std::string text = testing::read_file(file);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    EXPECT_NE(text.find(R"( info delivery from="a)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(\"c\"" answer=201 empty="")"), std::string::npos) << text;
    std::filesystem::remove(file);
}

TEST(Log, opens_its_file_again_after_rotation) {
    const std::string file = ::testing::TempDir() + "kith-log-rotate-" + std::to_string(getpid());
    auto log = *Log::open("info", file);
    log->info("first");
    std::filesystem::rename(file, file + ".1");
    log->reopen();
    log->info("second");
    EXPECT_NE(testing::read_file(file + ".1").find("first"), std::string::npos);
    EXPECT_NE(testing::read_file(file).find("second"), std::string::npos);
    std::filesystem::remove(file);
    std::filesystem::remove(file + ".1");
}

TEST(Log, changes_its_level_and_file_or_stays_as_it_was) {
    const std::string file = ::testing::TempDir() + "kith-log-change-" + std::to_string(getpid());
    auto log = *Log::open("info", file);
    EXPECT_FALSE(log->enabled(Log::Level::debug));
    EXPECT_FALSE(log->change("loud", file));
    EXPECT_FALSE(log->change("debug", "/dev/null/log"));
    EXPECT_FALSE(log->enabled(Log::Level::debug));
    ASSERT_TRUE(log->change("debug", file + ".2"));
    log->write(Log::Level::debug, "closer", {});
    EXPECT_NE(testing::read_file(file + ".2").find("debug closer"), std::string::npos);
    std::filesystem::remove(file);
    std::filesystem::remove(file + ".2");
}

TEST(Log, an_unknown_level_or_an_unwritable_file_is_refused) {
    EXPECT_FALSE(Log::open("loud", ""));
    EXPECT_FALSE(Log::open("info", "/dev/null/log"));
}

}  // namespace
}  // namespace kith
