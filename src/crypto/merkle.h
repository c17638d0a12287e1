// Merkle trees of RFC 6962 section 2.1 (as in RFC 9162): batches of stubs, the directory log.
//
// A tree whose leaves are in memory makes its proofs here; one that is kept as tiles
// (crypto/tiles.h) makes them there. Verifying is the same for both.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/hash.h"

namespace kith {

/// SHA-256(0x00 ‖ entry).
Hash merkle_leaf(ByteView entry);
/// SHA-256(0x01 ‖ left ‖ right).
Hash merkle_node(const Hash& left, const Hash& right);
/// The tree's hash over leaf hashes; of no leaves the hash of nothing.
Hash merkle_root(std::span<const Hash> leaves);
/// The inclusion proof of leaf `index`. Requires: index < leaves.size().
std::vector<Hash> merkle_proof(std::span<const Hash> leaves, std::size_t index);
/// All proofs at once: one pass over the tree. Result: a proof a leaf.
std::vector<std::vector<Hash>> merkle_proofs(std::span<const Hash> leaves);
/// Whether `proof` leads from the leaf at `index` of a tree of `size` leaves to `root`.
bool merkle_includes(const Hash& root,
                     std::uint64_t size,
                     std::uint64_t index,
                     const Hash& leaf,
                     std::span<const Hash> proof);

/// The head of a tree: how many leaves, and the hash over them.
struct TreeHead {
    std::uint64_t size = 0;
    Hash root;

    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};
/// Whether `proof` (RFC 6962 section 2.1.2) shows that `now` begins with the leaves of `before`.
/// Everything begins with the empty tree, and needs no proof; equal sizes need none, either.
bool merkle_consistent(const TreeHead& before, const TreeHead& now, std::span<const Hash> proof);

/// The right edge of a tree that grows: the roots of the full subtrees that make it up, largest
/// first, one for each bit set in its size. Enough to append and to know the root; 32 × 64 octets
/// at most, whatever the size.
class MerkleEdge {
  public:
    MerkleEdge() = default;
    /// One that was kept. Errors: malformed when `subtrees` does not have a hash for each bit set.
    static Result<MerkleEdge> from(std::uint64_t size, std::vector<Hash> subtrees);

    /// Requires: size() < 2^64 - 1.
    void append(const Hash& leaf);
    TreeHead head() const;
    std::uint64_t size() const { return size_; }
    const std::vector<Hash>& subtrees() const { return subtrees_; }

  private:
    std::uint64_t size_ = 0;
    std::vector<Hash> subtrees_;
};

}  // namespace kith
