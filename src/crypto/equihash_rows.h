// The hashes that Equihash(96, 5) is about. Included by sources of this room alone.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/sodium_ready.h"

namespace kith::detail {

/// 96 bits: six chunks of 16, two a word, the first in the upper half of the first word.
struct EquihashRow {
    std::array<std::uint32_t, 3> words{};

    std::uint32_t chunk(std::size_t i) const {
        return i % 2 == 0 ? words[i / 2] >> 16 : words[i / 2] & 0xffff;
    }
    bool is_zero() const { return (words[0] | words[1] | words[2]) == 0; }
    friend EquihashRow operator^(const EquihashRow& a, const EquihashRow& b) {
        return {{a.words[0] ^ b.words[0], a.words[1] ^ b.words[1], a.words[2] ^ b.words[2]}};
    }
};

/// One BLAKE2b gives five rows: index i is part i % 5 of the hash of the input and i / 5.
class EquihashLeaves {
  public:
    static constexpr std::uint32_t kRowsOfHash = 5;
    using Rows = std::array<EquihashRow, kRowsOfHash>;

    explicit EquihashLeaves(ByteView input);
    Rows hash(std::uint32_t number) const;
    EquihashRow row(std::uint32_t index) const {
        return hash(index / kRowsOfHash)[index % kRowsOfHash];
    }

  private:
    crypto_generichash_blake2b_state input_{};
};

}  // namespace kith::detail
