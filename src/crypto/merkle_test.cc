#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "crypto/merkle_tests.h"

namespace kith {
namespace {

// The entries, roots and proofs of the Certificate Transparency reference tests.
const std::vector<const char*> kEntries = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
const std::vector<const char*> kRoots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

struct KnownProof {
    std::uint64_t first;  // the index of a leaf, or the size of the older tree
    std::uint64_t size;
    std::vector<const char*> hashes;
};

const std::vector<KnownProof> kInclusion = {
    {0, 1, {}},
    {0,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5,
     8,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1,
     5,
     {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}}};

const std::vector<KnownProof> kConsistency = {
    {1, 1, {}},
    {1,
     8,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {6,
     8,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2,
     5,
     {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    {6,
     7,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}}};

std::vector<Hash> known_leaves(std::size_t count) {
    std::vector<Hash> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(merkle_leaf(*parse_hex(kEntries[i])));
    return leaves;
}

Hash known_root(std::uint64_t size) {
    return *parse_hash_hex(kRoots[size - 1]);
}

std::vector<Hash> hashes_of(const KnownProof& proof) {
    std::vector<Hash> out;
    for (const char* hash : proof.hashes)
        out.push_back(*parse_hash_hex(hash));
    return out;
}

// Every way in which a proof is spoiled with its length, order or hashes changed.
std::vector<std::vector<Hash>> spoiled(const std::vector<Hash>& proof, const Hash& root) {
    std::vector<std::vector<Hash>> out;
    for (std::size_t i = 0; i < proof.size(); ++i) {
        out.push_back(proof);
        out.back()[i].octets[0] ^= 8;
        out.push_back(proof);
        out.back().erase(out.back().begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (std::size_t i = 0; i <= proof.size(); ++i) {
        out.push_back(proof);
        out.back().insert(out.back().begin() + static_cast<std::ptrdiff_t>(i), root);
    }
    return out;
}

TEST(Merkle, roots_are_those_of_rfc_6962) {
    EXPECT_EQ(merkle_root({}), sha256(""));
    MerkleEdge edge;
    EXPECT_EQ(edge.head(), (TreeHead{0, sha256("")}));
    for (std::size_t size = 1; size <= kEntries.size(); ++size) {
        const std::vector<Hash> leaves = known_leaves(size);
        EXPECT_EQ(merkle_root(leaves), known_root(size));
        edge.append(leaves.back());
        EXPECT_EQ(edge.head(), (TreeHead{size, known_root(size)}));
    }
}

TEST(Merkle, inclusion_proofs_are_those_of_the_reference) {
    for (const KnownProof& known : kInclusion) {
        const std::vector<Hash> leaves = known_leaves(known.size);
        const std::vector<Hash> proof = merkle_proof(leaves, known.first);
        EXPECT_EQ(proof, hashes_of(known));
        EXPECT_EQ(reference::path(known.first, leaves), proof);
        const Hash root = known_root(known.size);
        const auto holds = [&](std::uint64_t size, std::uint64_t index, const auto& hashes) {
            return merkle_includes(root, size, index, leaves[known.first], hashes);
        };
        EXPECT_TRUE(holds(known.size, known.first, proof));
        EXPECT_FALSE(holds(known.size, known.first + 1, proof));
        EXPECT_FALSE(holds(known.size, known.first ^ 2U, proof));
        EXPECT_FALSE(holds(known.size * 2, known.first, proof));
        EXPECT_FALSE(holds(known.size / 2, known.first, proof));
        EXPECT_FALSE(holds(0, 0, proof));
        for (const auto& bad : spoiled(proof, root))
            EXPECT_FALSE(holds(known.size, known.first, bad));
    }
}

TEST(Merkle, consistency_proofs_are_those_of_the_reference) {
    for (const KnownProof& known : kConsistency) {
        const std::vector<Hash> proof = hashes_of(known);
        EXPECT_EQ(reference::consistency(known.first, known_leaves(known.size)), proof);
        const TreeHead before{known.first, known_root(known.first)};
        const TreeHead now{known.size, known_root(known.size)};
        EXPECT_TRUE(merkle_consistent(before, now, proof));
        for (const Hash& extra : {before.root, now.root})
            for (const auto& bad : spoiled(proof, extra))
                EXPECT_FALSE(merkle_consistent(before, now, bad));
        if (known.first == known.size)
            continue;
        const auto sizes = [&](std::uint64_t first, std::uint64_t second) {
            return merkle_consistent({first, before.root}, {second, now.root}, proof);
        };
        EXPECT_FALSE(sizes(known.first - 1, known.size));
        EXPECT_FALSE(sizes(known.first + 1, known.size));
        EXPECT_FALSE(sizes(known.first ^ 2U, known.size));
        EXPECT_FALSE(sizes(known.first, known.size * 2));
        EXPECT_FALSE(sizes(known.first, known.size / 2));
        EXPECT_FALSE(merkle_consistent(now, before, proof));
        EXPECT_FALSE(merkle_consistent({before.size, now.root}, {now.size, before.root}, proof));
    }
}

TEST(Merkle, everything_begins_with_the_empty_tree_and_needs_no_proof) {
    const TreeHead empty{0, merkle_root({})};
    const TreeHead some{5, known_root(5)};
    EXPECT_TRUE(merkle_consistent(empty, empty, {}));
    EXPECT_TRUE(merkle_consistent(empty, some, {}));
    EXPECT_TRUE(merkle_consistent(some, some, {}));
    EXPECT_FALSE(merkle_consistent(some, empty, {}));
    EXPECT_FALSE(merkle_consistent({0, some.root}, some, {}));
    EXPECT_FALSE(merkle_consistent(some, {5, known_root(4)}, {}));
    const std::vector<Hash> superfluous{empty.root};
    EXPECT_FALSE(merkle_consistent(empty, some, superfluous));
    EXPECT_FALSE(merkle_consistent(some, some, superfluous));
}

TEST(Merkle, a_proof_holds_for_its_leaf_index_and_size_alone) {
    for (std::size_t size = 1; size <= 40; ++size) {
        const std::vector<Hash> leaves = reference::leaves(size);
        const Hash root = merkle_root(leaves);
        EXPECT_EQ(root, reference::root(leaves));
        const auto proofs = merkle_proofs(leaves);
        for (std::size_t at = 0; at < size; ++at) {
            const auto& proof = proofs[at];
            EXPECT_EQ(merkle_proof(leaves, at), proof);
            EXPECT_EQ(reference::path(at, leaves), proof);
            EXPECT_TRUE(merkle_includes(root, size, at, leaves[at], proof));
            EXPECT_FALSE(merkle_includes(root, size, at, sha256("other"), proof));
            for (std::size_t other = 0; other <= size + 1; ++other)
                EXPECT_EQ(merkle_includes(root, size, other, leaves[at], proof), other == at);
            EXPECT_FALSE(merkle_includes(root, size * 2 + 1, at, leaves[at], proof));
            for (const auto& bad : spoiled(proof, root))
                EXPECT_FALSE(merkle_includes(root, size, at, leaves[at], bad));
        }
    }
}

TEST(Merkle, a_consistency_proof_holds_for_its_two_sizes_alone) {
    const std::vector<Hash> leaves = reference::leaves(40);
    const auto head = [&](std::size_t size) {
        return TreeHead{size, merkle_root(std::span(leaves).first(size))};
    };
    for (std::size_t size = 1; size <= leaves.size(); ++size) {
        for (std::size_t before = 0; before <= size; ++before) {
            const auto proof = reference::consistency(before, std::span(leaves).first(size));
            EXPECT_TRUE(merkle_consistent(head(before), head(size), proof));
            EXPECT_FALSE(merkle_consistent({before, sha256("x")}, head(size), proof));
            // With no proof at all nothing holds the new root.
            EXPECT_EQ(merkle_consistent(head(before), {size, sha256("x")}, proof),
                      before == 0 && size > 0);
            for (const auto& bad : spoiled(proof, head(size).root))
                EXPECT_FALSE(merkle_consistent(head(before), head(size), bad));
        }
    }
}

TEST(Merkle, an_edge_that_was_kept_goes_on_where_it_was) {
    const std::vector<Hash> leaves = reference::leaves(100);
    MerkleEdge edge;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        edge = *MerkleEdge::from(edge.size(), edge.subtrees());
        edge.append(leaves[i]);
        EXPECT_EQ(edge.head().root, reference::root(std::span(leaves).first(i + 1)));
    }
    EXPECT_FALSE(MerkleEdge::from(3, {leaves[0]}));
    EXPECT_FALSE(MerkleEdge::from(0, {leaves[0]}));
    EXPECT_TRUE(MerkleEdge::from(4, {leaves[0]}));
}

}  // namespace
}  // namespace kith
