// Sizes, an index, and the rest as a proof's hashes: nothing verifies but the proof that the tree
// itself gives. A tile that parses is written as the same octets.
#include "crypto/merkle_tests.h"

namespace {

using namespace kith;

// The true proof with the input laid over it, so that a fuzzer gets near the truth.
std::vector<Hash> disturbed(std::vector<Hash> proof, ByteView input) {
    if (input.empty())
        return proof;
    proof.resize(proof.size() + input[0] % 3U - (proof.empty() ? 0U : 1U));
    for (std::size_t i = 1; i + 1 < input.size() && !proof.empty(); i += 2)
        proof[input[i] % proof.size()].octets[input[i] % 32U] ^= input[i + 1];
    return proof;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<Hash> leaves = reference::leaves(256);
    const ByteView octets(data, size);
    if (const auto tile = parse_tile(octets))
        KITH_CHECK(std::ranges::equal(tile_octets(*tile), octets));
    if (size < 3)
        return 0;
    const std::size_t count = octets[0] + 1U;
    const std::size_t index = octets[1] % count;
    const std::size_t before = octets[2] % (count + 1);
    const ByteView rest = octets.subspan(3);
    const auto all = std::span(leaves).first(count);
    const TreeHead now{count, merkle_root(all)};
    const TreeHead then{before, merkle_root(all.first(before))};

    const std::vector<Hash> path = reference::path(index, all);
    const std::vector<Hash> some_path = disturbed(path, rest);
    KITH_CHECK(merkle_includes(now.root, count, index, leaves[index], some_path) ==
               (some_path == path));
    const std::vector<Hash> proof = reference::consistency(before, all);
    const std::vector<Hash> some_proof = disturbed(proof, rest);
    KITH_CHECK(merkle_consistent(then, now, some_proof) == (some_proof == proof));
    return 0;
}
