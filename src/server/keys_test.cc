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
    EXPECT_EQ(before.size(), 4U);
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
    EXPECT_EQ(missing_keys(keys).size(), 4U);
    ASSERT_TRUE(make_keys(keys, random));
    EXPECT_TRUE(missing_keys(keys).empty());
    folder.write("keys/price.key", "short\n");
    fs::permissions(keys / "price.key", fs::perms(0600));
    EXPECT_NE(load_keys(keys).error().text().find("price.key"), std::string::npos);
    fs::remove(keys / "price.key");
    EXPECT_EQ(load_keys(keys).error().kind, ErrorKind::io);
    EXPECT_EQ(missing_keys(keys), std::vector<fs::path>{keys / "price.key"});
}

}  // namespace
}  // namespace kith
