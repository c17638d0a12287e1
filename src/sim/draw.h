// Randomness of the simulator: of one seed, the same on every machine. The standard library's
// distributions differ between libraries, so these few are our own. Never for secrets.
#pragma once

#include <cstdint>

namespace kith::sim {

/// xoshiro256** 1.0 (Blackman and Vigna), seeded by splitmix64. A value, for one thread at a time.
class Draw {
  public:
    explicit Draw(std::uint64_t seed);

    std::uint64_t next();
    /// Uniform in [0, n); n of at least 1.
    std::uint64_t below(std::uint64_t n);
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double probability) { return unit() < probability; }
    double exponential(double mean);
    /// Events in a time in which `mean` of them are expected.
    std::uint32_t poisson(double mean);

  private:
    std::uint64_t state_[4];  // NOLINT: as the reference has it
};

/// A fixed mix of its inputs, for properties of people and pairs that are not worth storing.
std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t salt);
/// The same as a number in [0, 1).
inline double mix_unit(std::uint64_t a, std::uint64_t b, std::uint64_t salt) {
    return static_cast<double>(mix(a, b, salt) >> 11) * 0x1.0p-53;
}

}  // namespace kith::sim
