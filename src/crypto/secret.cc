#include "crypto/secret.h"

#include <sodium.h>

#include <algorithm>

namespace kith {

void wipe(std::span<std::uint8_t> octets) {
    sodium_memzero(octets.data(), octets.size());
}

void wipe(std::string& text) {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret Secret::copy_of(ByteView octets) {
    Secret secret(octets.size());
    std::copy(octets.begin(), octets.end(), secret.octets_.begin());
    return secret;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(octets_);
        octets_ = std::move(other.octets_);
        other.octets_.clear();
    }
    return *this;
}

}  // namespace kith
