#include "tlog/tile_name.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

using Kind = TileName::Kind;

TEST(TileName, paths_are_those_of_c2sp) {
    EXPECT_EQ(tile_path({Kind::hashes, {0, 1'234'067}}), "tile/0/x001/x234/067");
    EXPECT_EQ(tile_path({Kind::hashes, {0, 0}}), "tile/0/000");
    EXPECT_EQ(tile_path({Kind::hashes, {1, 67}, 17}), "tile/1/067.p/17");
    EXPECT_EQ(tile_path({Kind::hashes, {2, 1'067}}), "tile/2/x001/067");
    EXPECT_EQ(tile_path({Kind::hashes, {63, 999}, 255}), "tile/63/999.p/255");
    EXPECT_EQ(tile_path({Kind::entries, {0, 273}, 112}), "tile/entries/273.p/112");
    EXPECT_EQ(tile_path({Kind::entries, {0, 1'000}}), "tile/entries/x001/000");
}

TEST(TileName, every_path_reads_back) {
    for (const Kind kind : {Kind::hashes, Kind::entries})
        for (const unsigned level : {0U, 1U, 7U, 63U})
            for (const std::uint64_t index :
                 {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{1'000}, kMaxTreeSize})
                for (const std::size_t width : {1U, 255U, 256U}) {
                    const TileName name{kind, {kind == Kind::entries ? 0 : level, index}, width};
                    const auto read = parse_tile_path(tile_path(name));
                    ASSERT_TRUE(read) << tile_path(name);
                    EXPECT_EQ(*read, name);
                }
}

TEST(TileName, there_is_one_path_for_a_tile) {
    for (const char* path :
         {"",
          "tile",
          "tile/",
          "tile/0",
          "tile/0/",
          "tile//000",
          "/tile/0/000",
          "tile/00/000",
          "tile/64/000",
          "tile/-1/000",
          "tile/x/000",
          "tile/0/0",
          "tile/0/0000",
          "tile/0/000/",
          "tile/0/x000",
          "tile/0/x000/000",
          "tile/0/x000/001",
          "tile/0/001/000",
          "tile/0/xx01/000",
          "tile/0/x1/000",
          "tile/0/x/000",
          "tile/0/x",
          "tile/0/000.p/0",
          "tile/0/000.p/00",
          "tile/0/000.p/01",
          "tile/0/000.p/256",
          "tile/0/000.p/",
          "tile/0/000.p",
          "tile/0/000.p/1.p/1",
          "tile/0/000.p/1/",
          "tile/0/abc",
          "tile/0/../000",
          "tile/entries",
          "tile/entries/",
          "tile/entries/0/000",
          "tile/Entries/000",
          "tile/0/x009/x223/x372/x036/x854/x775/808",
          "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999"})
        EXPECT_FALSE(parse_tile_path(path)) << path;
}

TEST(TileName, what_a_checkpoint_needs_is_served_and_nothing_beyond) {
    const auto served = [](const char* path) { return is_served(*parse_tile_path(path), 70'000); };
    EXPECT_TRUE(served("tile/0/272"));
    EXPECT_TRUE(served("tile/0/272.p/3")) << "full now, partial once";
    EXPECT_TRUE(served("tile/0/273.p/112"));
    EXPECT_TRUE(served("tile/entries/273.p/112"));
    EXPECT_FALSE(served("tile/0/273.p/113"));
    EXPECT_FALSE(served("tile/0/273"));
    EXPECT_FALSE(served("tile/0/274.p/1"));
    EXPECT_TRUE(served("tile/2/000.p/1"));
    EXPECT_FALSE(served("tile/2/000.p/2"));
    EXPECT_FALSE(served("tile/3/000.p/1"));
    EXPECT_FALSE(is_served(*parse_tile_path("tile/0/000.p/1"), 0));
}

}  // namespace
}  // namespace kith
