// 68 octets of a solution, then the input: nothing but what the solver finds holds.
#include <algorithm>

#include "crypto/equihash.h"
#include "crypto/puzzle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kith;
    static const ByteArray<9> header{'f', 'u', 'z', 'z', ' ', 'h', 'e', 'a', 'd'};
    static const auto known = EquihashSolver().solve(header);
    const ByteView octets(data, size);
    const ByteView solution = octets.first(std::min(size, kEquihashOctets));
    const auto indices = unpack_equihash(solution);
    KITH_CHECK(indices.has_value() == (size >= kEquihashOctets));
    KITH_CHECK(!indices || std::ranges::equal(pack_equihash(*indices), solution));
    const bool holds = check_equihash(header, solution).has_value();
    const auto is_it = [&](const auto& each) { return std::ranges::equal(each, solution); };
    KITH_CHECK(holds == std::ranges::any_of(known, is_it));
    const ByteView input = octets.subspan(solution.size());
    KITH_CHECK(!check_equihash(input, solution) || indices);
    KITH_CHECK(!check_puzzle(header, octets, 1) || size == kPuzzleSolutionOctets);
    return 0;
}
