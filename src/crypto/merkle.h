// Merkle trees of RFC 6962 section 2.1 (as in RFC 9162): batches of stubs, the directory log.
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

}  // namespace kith
