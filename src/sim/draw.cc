#include "sim/draw.h"

#include <bit>
#include <cmath>

namespace kith::sim {
namespace {

// Above it the sum of exponentials would take long, and the normal curve is near enough.
constexpr double kMostStepwise = 30;

std::uint64_t splitmix(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

}  // namespace

Draw::Draw(std::uint64_t seed) : state_{} {
    for (std::uint64_t& word : state_)
        word = splitmix(seed);
}

std::uint64_t Draw::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Draw::below(std::uint64_t n) {
    // Drawn again in the last, incomplete stretch, so that no value is likelier than another.
    const std::uint64_t over = (0 - n) % n;
    std::uint64_t value = next();
    while (value < over)
        value = next();
    return value % n;
}

double Draw::exponential(double mean) {
    return -mean * std::log1p(-unit());
}

std::uint32_t Draw::poisson(double mean) {
    if (mean > kMostStepwise) {
        const double normal =
            std::sqrt(-2 * std::log1p(-unit())) * std::cos(2 * 3.141592653589793 * unit());
        return static_cast<std::uint32_t>(
            std::fmax(0, std::round(mean + std::sqrt(mean) * normal)));
    }
    const double limit = std::exp(-mean);
    double product = unit();
    std::uint32_t events = 0;
    while (product > limit) {
        product *= unit();
        ++events;
    }
    return events;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t salt) {
    std::uint64_t state = salt;
    state = splitmix(state) ^ a;
    state = splitmix(state) ^ b;
    return splitmix(state);
}

}  // namespace kith::sim
