// Octets that must not outlive their use: wiped when they go, compared in constant time.
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace kith {

/// Overwrites; the compiler cannot leave it out.
void wipe(std::span<std::uint8_t> octets);
void wipe(std::string& text);

/// False at once when the lengths differ (a length is not secret).
bool equal_in_constant_time(ByteView a, ByteView b);

/// An owned secret of any length. Move-only; a moved-from one is empty.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::size_t size) : octets_(size) {}
    static Secret copy_of(ByteView octets);
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) { other.octets_.clear(); }
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(octets_); }

    ByteView view() const { return octets_; }
    std::span<std::uint8_t> octets() { return octets_; }
    std::size_t size() const { return octets_.size(); }

  private:
    Bytes octets_;
};

/// A secret of fixed length. Copies are wiped, too.
template <std::size_t N>
class SecretArray {
  public:
    SecretArray() = default;
    explicit SecretArray(const ByteArray<N>& octets) : octets_(octets) {}
    SecretArray(const SecretArray&) = default;
    SecretArray& operator=(const SecretArray&) = default;
    ~SecretArray() { wipe(octets_); }

    ByteView view() const { return octets_; }
    std::span<std::uint8_t, N> octets() { return octets_; }
    const std::uint8_t* data() const { return octets_.data(); }

  private:
    ByteArray<N> octets_{};
};

}  // namespace kith
