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

// RFC 9162 section 2.1.4.2.
bool merkle_consistent(const TreeHead& before, const TreeHead& now, std::span<const Hash> proof) {
    if (before.size == now.size)
        return before.root == now.root && proof.empty();
    if (before.size > now.size)
        return false;
    if (before.size == 0)
        return before.root == merkle_root({}) && proof.empty();
    // From the subtree that ends where the old tree ended; the proof begins with its hash, unless
    // it is the whole old tree.
    std::uint64_t node = before.size - 1;
    std::uint64_t last = now.size - 1;
    const int full = std::countr_one(node);
    node >>= full;
    last >>= full;
    Hash at_before = before.root;
    if (!std::has_single_bit(before.size)) {
        if (proof.empty())
            return false;
        at_before = proof.front();
        proof = proof.subspan(1);
    }
    Hash at_now = at_before;
    for (const Hash& sibling : proof) {
        if (last == 0)
            return false;
        if ((node & 1U) != 0 || node == last) {
            at_before = merkle_node(sibling, at_before);
            at_now = merkle_node(sibling, at_now);
            while ((node & 1U) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            at_now = merkle_node(at_now, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && at_before == before.root && at_now == now.root;
}

Result<MerkleEdge> MerkleEdge::from(std::uint64_t size, std::vector<Hash> subtrees) {
    if (subtrees.size() != static_cast<std::size_t>(std::popcount(size)))
        return fail(ErrorKind::malformed, "subtrees", "not one for each bit set in the size");
    MerkleEdge edge;
    edge.size_ = size;
    edge.subtrees_ = std::move(subtrees);
    return edge;
}

void MerkleEdge::append(const Hash& leaf) {
    KITH_CHECK(size_ < UINT64_MAX);
    Hash at = leaf;
    for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1) {
        at = merkle_node(subtrees_.back(), at);
        subtrees_.pop_back();
    }
    subtrees_.push_back(at);
    ++size_;
}

TreeHead MerkleEdge::head() const {
    if (subtrees_.empty())
        return {0, merkle_root({})};
    Hash at = subtrees_.back();
    for (std::size_t i = subtrees_.size() - 1; i > 0; --i)
        at = merkle_node(subtrees_[i - 1], at);
    return {size_, at};
}

}  // namespace kith
