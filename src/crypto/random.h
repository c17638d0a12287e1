// Randomness as a parameter: nothing below the server draws random octets of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace kith {

class Random {
  public:
    Random() = default;
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
    template <std::size_t N>
    ByteArray<N> array() {
        ByteArray<N> out;
        fill(out);
        return out;
    }
};

/// The operating system's generator, through libsodium. Thread-safe.
class SystemRandom final : public Random {
  public:
    SystemRandom();
    void fill(std::span<std::uint8_t> out) override;
};

/// ChaCha20 under BLAKE2b of the seed: the same calls give the same octets for the same seed. For
/// tests, simulations and vectors; never for keys in use. For one thread at a time.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(ByteView seed);
    void fill(std::span<std::uint8_t> out) override;

  private:
    ByteArray<32> key_{};
    std::uint64_t drawn_ = 0;
};

/// 32 lower-case hex digits: an id (protocol section 2).
std::string random_id(Random& random);

}  // namespace kith
