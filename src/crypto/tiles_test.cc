#include "crypto/tiles.h"

#include <gtest/gtest.h>

#include "crypto/merkle_tests.h"
#include "crypto/random.h"

namespace kith {
namespace {

using reference::TileStore;

// A store of tiles that grew by uneven steps.
TileStore& grow(TileStore& store, std::span<const Hash> leaves, std::size_t step) {
    while (store.size < leaves.size()) {
        const std::size_t count = std::min(step, leaves.size() - store.size);
        EXPECT_TRUE(store.append(leaves.subspan(store.size, count)));
        step = step % 300 + 7;
    }
    return store;
}

// The worked example of c2sp.org/tlog-tiles.
TEST(Tiles, a_tree_of_70000_has_the_tiles_of_the_example) {
    EXPECT_EQ(tile_width({0, 272}, 70'000), 256U);
    EXPECT_EQ(tile_width({0, 273}, 70'000), 112U);
    EXPECT_EQ(tile_width({0, 274}, 70'000), 0U);
    EXPECT_EQ(tile_width({1, 0}, 70'000), 256U);
    EXPECT_EQ(tile_width({1, 1}, 70'000), 17U);
    EXPECT_EQ(tile_width({1, 2}, 70'000), 0U);
    EXPECT_EQ(tile_width({2, 0}, 70'000), 1U);
    EXPECT_EQ(tile_width({3, 0}, 70'000), 0U);
    EXPECT_EQ(tile_width({0, 0}, 256), 256U);
    EXPECT_EQ(tile_width({0, 1}, 256), 0U);
    EXPECT_EQ(tile_width({1, 0}, 256), 1U);
}

TEST(Tiles, widths_at_the_edges_do_not_overflow) {
    EXPECT_EQ(tile_width({0, 0}, 0), 0U);
    EXPECT_EQ(tile_width({7, 0}, kMaxTreeSize), 127U);
    EXPECT_EQ(tile_width({8, 0}, kMaxTreeSize), 0U);
    EXPECT_EQ(tile_width({63, 0}, kMaxTreeSize), 0U);
    EXPECT_EQ(tile_width({0, UINT64_MAX}, kMaxTreeSize), 0U);
    EXPECT_EQ(tile_width({0, (kMaxTreeSize >> 8)}, kMaxTreeSize), 255U);
}

TEST(Tiles, octets_read_back_and_odd_lengths_do_not) {
    const std::vector<Hash> hashes = reference::leaves(256);
    EXPECT_EQ(*parse_tile(tile_octets(hashes)), hashes);
    EXPECT_EQ(*parse_tile(tile_octets(std::span(hashes).first(1))), std::vector{hashes[0]});
    EXPECT_FALSE(parse_tile({}));
    EXPECT_FALSE(parse_tile(Bytes(31)));
    EXPECT_FALSE(parse_tile(Bytes(33)));
    EXPECT_FALSE(parse_tile(Bytes(257 * 32)));
}

TEST(Tiles, what_grows_is_stored_whatever_the_steps) {
    const std::vector<Hash> leaves = reference::leaves(1'000);
    TileStore at_once;
    ASSERT_TRUE(at_once.append(leaves));
    TileStore one_by_one;
    for (const Hash& leaf : leaves)
        ASSERT_TRUE(one_by_one.append({&leaf, 1}));
    TileStore in_steps;
    grow(in_steps, leaves, 1);
    EXPECT_EQ(one_by_one.tiles, at_once.tiles);
    EXPECT_EQ(in_steps.tiles, at_once.tiles);
    EXPECT_EQ(at_once.tiles.size(), 5U);  // four of leaves, one above
    for (const auto& [id, hashes] : at_once.tiles)
        EXPECT_EQ(hashes.size(), tile_width(id, leaves.size()));
}

TEST(Tiles, only_what_grew_is_written_and_only_partial_tiles_are_read) {
    const std::vector<Hash> leaves = reference::leaves(600);
    TileStore store;
    ASSERT_TRUE(store.append(std::span(leaves).first(511)));
    store.reads = 0;
    const auto grown = grown_tiles(store, 511, std::span(leaves).subspan(511, 1));
    ASSERT_TRUE(grown);
    EXPECT_EQ(store.reads, 2U);
    ASSERT_EQ(grown->size(), 2U);
    EXPECT_EQ(grown->at(0).id, (TileId{0, 1}));
    EXPECT_EQ(grown->at(0).hashes.size(), 256U);
    EXPECT_EQ(grown->at(1).id, (TileId{1, 0}));
    EXPECT_EQ(grown->at(1).hashes.size(), 2U);
    EXPECT_TRUE(grown_tiles(store, 511, {})->empty());
}

TEST(Tiles, root_and_proofs_are_those_of_the_naive_tree_at_every_size) {
    const std::vector<Hash> leaves = reference::leaves(600);
    TileStore store;
    MerkleEdge edge;
    for (std::size_t size = 1; size <= leaves.size(); ++size) {
        ASSERT_TRUE(store.append({&leaves[size - 1], 1}));
        edge.append(leaves[size - 1]);
        TileTree tree(store, size);
        EXPECT_EQ(*tree.root(), edge.head().root);
        if (size % 37 != 0 && size > 20 && (size < 254 || size > 258))
            continue;
        const auto all = std::span(leaves).first(size);
        const Hash root = reference::root(all);
        EXPECT_EQ(*tree.root(), root);
        const auto proofs = merkle_proofs(all);
        for (std::size_t i = 0; i < size; ++i)
            EXPECT_EQ(*tree.inclusion_proof(i), proofs[i]);
        for (std::size_t before = 0; before <= size; before += 1 + before / 16)
            EXPECT_EQ(*tree.consistency_proof(before), reference::consistency(before, all));
    }
}

// Three levels; tiles have grown since for all sizes but the last.
TEST(Tiles, proofs_of_a_large_tree_verify_at_sizes_it_once_had) {
    const std::vector<Hash> leaves = reference::leaves(70'000);
    TileStore store;
    grow(store, leaves, 263);
    SeededRandom random(as_bytes("tiles"));
    const auto pick = [&](std::uint64_t below) {
        std::uint64_t drawn = 0;
        for (const std::uint8_t octet : random.array<4>())
            drawn = drawn << 8 | octet;
        return drawn % below;
    };
    const auto head = [&](std::uint64_t size) {
        return TreeHead{size, merkle_root(std::span(leaves).first(size))};
    };
    for (const std::uint64_t size :
         {1UL, 255UL, 256UL, 257UL, 65'535UL, 65'536UL, 65'537UL, 70'000UL}) {
        TileTree tree(store, size);
        const TreeHead now = head(size);
        EXPECT_EQ(*tree.root(), now.root);
        for (int round = 0; round < 4; ++round) {
            const std::uint64_t index = pick(size);
            EXPECT_TRUE(merkle_includes(
                now.root, size, index, leaves[index], *tree.inclusion_proof(index)));
            const std::uint64_t before = pick(size + 1);
            EXPECT_TRUE(merkle_consistent(head(before), now, *tree.consistency_proof(before)));
        }
    }
}

TEST(Tiles, a_missing_or_short_tile_is_an_error_and_nothing_else) {
    const std::vector<Hash> leaves = reference::leaves(600);
    TileStore store;
    ASSERT_TRUE(store.append(leaves));
    store.tiles[{0, 2}].pop_back();
    TileTree tree(store, leaves.size());
    EXPECT_EQ(tree.root().error().kind, ErrorKind::malformed);
    EXPECT_EQ(tree.inclusion_proof(599).error().kind, ErrorKind::malformed);
    EXPECT_EQ(grown_tiles(store, 600, leaves).error().kind, ErrorKind::malformed);
    store.tiles.erase({0, 2});
    EXPECT_EQ(tree.consistency_proof(3).error().kind, ErrorKind::not_found);
    EXPECT_EQ(grown_tiles(store, 600, leaves).error().kind, ErrorKind::not_found);
}

TEST(Tiles, a_tree_reads_each_tile_once) {
    const std::vector<Hash> leaves = reference::leaves(600);
    TileStore store;
    ASSERT_TRUE(store.append(leaves));
    store.reads = 0;
    TileTree tree(store, leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i)
        ASSERT_TRUE(tree.inclusion_proof(i));
    EXPECT_EQ(store.reads, 4U);
}

}  // namespace
}  // namespace kith
