// Equihash with n = 96, k = 5 over BLAKE2b (Biryukov and Khovratovich 2016; in the form of the
// Zcash protocol specification, section 7.7.1, personalisation "ZcashPoW"): 32 of 2^17 hashes whose
// XOR is zero, found by collisions of 16 bits a step. Finding takes megabytes and milliseconds,
// checking some microseconds.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace kith {

inline constexpr std::size_t kEquihashIndices = 32;
inline constexpr unsigned kEquihashIndexBits = 17;
/// 32 indices of 17 bits, most significant first: no bit is left over.
inline constexpr std::size_t kEquihashOctets = kEquihashIndices * kEquihashIndexBits / 8;

using EquihashIndices = std::array<std::uint32_t, kEquihashIndices>;
using EquihashSolution = ByteArray<kEquihashOctets>;

/// Requires: indices below 2^17.
EquihashSolution pack_equihash(const EquihashIndices& indices);
/// Errors: malformed (another size than kEquihashOctets).
Result<EquihashIndices> unpack_equihash(ByteView octets);

/// Is it a solution for `input` (header, then nonce)? Cheapest checks first.
/// Errors: malformed (size), untrusted (order, an index twice, no collision).
Result<void> check_equihash(ByteView input, ByteView solution);

/// Wagner's algorithm over tables that are kept from one input to the next: 12 MB an object. For
/// one thread at a time.
class EquihashSolver {
  public:
    EquihashSolver();
    ~EquihashSolver();
    EquihashSolver(const EquihashSolver&) = delete;
    EquihashSolver& operator=(const EquihashSolver&) = delete;

    /// All solutions for an input, but for the odd one when a table is full: 1.9 on average.
    std::vector<EquihashSolution> solve(ByteView input);

  private:
    class Tables;
    std::unique_ptr<Tables> tables_;
};

}  // namespace kith
