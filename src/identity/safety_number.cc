#include "identity/safety_number.h"

#include <fmt/format.h>

#include <algorithm>

namespace kith {
namespace {

constexpr std::size_t kGroupOctets = 5;
constexpr std::size_t kGroupsOfDigest = 6;
constexpr std::uint64_t kGroupModulus = 100'000;

std::string group(ByteView octets) {
    std::uint64_t value = 0;
    for (const std::uint8_t octet : octets)
        value = (value << 8) | octet;
    return fmt::format("{:05}", value % kGroupModulus);
}

}  // namespace

std::array<std::string, 12> safety_number(const Hash& one, const Hash& other) {
    std::string hashed = "kith/1 safety number\n";
    hashed += as_text(std::min(one, other).view());
    hashed += as_text(std::max(one, other).view());
    const Hash first = sha256(hashed);
    const Hash second = sha256(first.view());
    std::array<std::string, 12> groups;
    for (std::size_t i = 0; i < kGroupsOfDigest; ++i) {
        groups[i] = group(first.view().subspan(i * kGroupOctets, kGroupOctets));
        groups[i + kGroupsOfDigest] = group(second.view().subspan(i * kGroupOctets, kGroupOctets));
    }
    return groups;
}

std::string safety_number_text(const Hash& one, const Hash& other) {
    std::string text;
    const std::array<std::string, 12> groups = safety_number(one, other);
    for (std::size_t i = 0; i < groups.size(); ++i)
        text += groups[i] + (i % 4 == 3 ? "\n" : " ");
    return text;
}

}  // namespace kith
