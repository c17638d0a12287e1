#include "server/keys.h"

#include <gtest/gtest.h>

#include "server/server_folder_for_tests.h"

namespace kith {
namespace {
namespace fs = std::filesystem;

class KeysTest : public ::testing::Test {
  protected:
    testing::ServerFolder folder;
    fs::path keys = folder.path() / "keys";
    SystemRandom random;
};

TEST_F(KeysTest, are_made_once_for_their_owner_alone) {
    EXPECT_EQ(*make_keys(keys, random), KeysMade::fresh);
    const auto before = folder.snapshot();
    EXPECT_EQ(before.size(), 7U);
    for (const auto& [name, text] : before)
        EXPECT_EQ(fs::status(folder.path() / name).permissions(), fs::perms(0600)) << name;
    EXPECT_EQ(*make_keys(keys, random), KeysMade::already_there);
    EXPECT_EQ(folder.snapshot(), before);
    EXPECT_TRUE(load_keys(keys));
}

TEST_F(KeysTest, that_others_can_read_are_refused) {
    ASSERT_TRUE(make_keys(keys, random));
    fs::permissions(keys / "token.key", fs::perms(0640));
    EXPECT_EQ(load_keys(keys).error().kind, ErrorKind::denied);
}

TEST_F(KeysTest, that_are_missing_or_broken_are_named) {
    EXPECT_EQ(missing_keys(keys).size(), 7U);
    ASSERT_TRUE(make_keys(keys, random));
    EXPECT_TRUE(missing_keys(keys).empty());
    folder.write("keys/price.key", "short\n");
    fs::permissions(keys / "price.key", fs::perms(0600));
    EXPECT_NE(load_keys(keys).error().text().find("price.key"), std::string::npos);
    fs::remove(keys / "price.key");
    EXPECT_EQ(load_keys(keys).error().kind, ErrorKind::io);
    EXPECT_EQ(missing_keys(keys), std::vector<fs::path>{keys / "price.key"});
}

TEST_F(KeysTest, of_a_later_version_are_made_where_those_of_the_first_are) {
    ASSERT_TRUE(complete_keys(keys, random));
    EXPECT_FALSE(fs::exists(keys / "log.key"));
    ASSERT_TRUE(make_keys(keys, random));
    for (const char* name : {"log.key", "vrf.key", "witness.key"})
        fs::remove(keys / name);
    const auto before = folder.snapshot();
    ASSERT_TRUE(complete_keys(keys, random));
    EXPECT_TRUE(missing_keys(keys).empty());
    auto after = folder.snapshot();
    std::erase_if(after, [&](const auto& file) { return !before.contains(file.first); });
    EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace kith
