#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

namespace kith {
namespace {

// The largest power of two below n. Requires: n > 1.
std::size_t split_point(std::size_t n) {
    return std::bit_floor(n - 1);
}

// The hash of the subtree; gives every leaf of it its proof on the way up. The depth is at most 64.
Hash build(std::span<const Hash> leaves, std::span<std::vector<Hash>> proofs) {
    if (leaves.size() == 1)
        return leaves[0];
    const std::size_t k = split_point(leaves.size());
    const Hash left = build(leaves.first(k), proofs.first(proofs.empty() ? 0 : k));
    const Hash right = build(leaves.subspan(k), proofs.subspan(proofs.empty() ? 0 : k));
    for (std::size_t i = 0; i < proofs.size(); ++i)
        proofs[i].push_back(i < k ? right : left);
    return merkle_node(left, right);
}

}  // namespace

Hash merkle_leaf(ByteView entry) {
    const std::uint8_t prefix = 0;
    return sha256_joined({{&prefix, 1}, entry});
}

Hash merkle_node(const Hash& left, const Hash& right) {
    ByteArray<65> octets{1};
    std::copy(left.octets.begin(), left.octets.end(), octets.begin() + 1);
    std::copy(right.octets.begin(), right.octets.end(), octets.begin() + 33);
    return sha256(octets);
}

Hash merkle_root(std::span<const Hash> leaves) {
    return leaves.empty() ? sha256(ByteView()) : build(leaves, {});
}

std::vector<std::vector<Hash>> merkle_proofs(std::span<const Hash> leaves) {
    std::vector<std::vector<Hash>> proofs(leaves.size());
    if (!leaves.empty())
        build(leaves, proofs);
    return proofs;
}

std::vector<Hash> merkle_proof(std::span<const Hash> leaves, std::size_t index) {
    KITH_CHECK(index < leaves.size());
    std::vector<Hash> proof;  // from the root down, then turned round
    while (leaves.size() > 1) {
        const std::size_t k = split_point(leaves.size());
        const bool left = index < k;
        proof.push_back(merkle_root(left ? leaves.subspan(k) : leaves.first(k)));
        leaves = left ? leaves.first(k) : leaves.subspan(k);
        index -= left ? 0 : k;
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

// RFC 9162 section 2.1.3.2.
bool merkle_includes(const Hash& root,
                     std::uint64_t size,
                     std::uint64_t index,
                     const Hash& leaf,
                     std::span<const Hash> proof) {
    if (index >= size)
        return false;
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash at = leaf;
    for (const Hash& sibling : proof) {
        if (last == 0)
            return false;
        if ((node & 1U) != 0 || node == last) {
            at = merkle_node(sibling, at);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            at = merkle_node(at, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && at == root;
}

}  // namespace kith
