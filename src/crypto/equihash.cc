#include "crypto/equihash.h"

#include <algorithm>

#include "crypto/equihash_rows.h"

namespace kith {
namespace {

using detail::EquihashLeaves;
using detail::EquihashRow;

constexpr std::size_t kRowOctets = 12;
constexpr std::size_t kSteps = 5;

// "ZcashPoW", then n = 96 and k = 5, least significant octet first.
constexpr std::array<unsigned char, crypto_generichash_blake2b_PERSONALBYTES> kPersonal{
    'Z', 'c', 'a', 's', 'h', 'P', 'o', 'W', 96, 0, 0, 0, 5, 0, 0, 0};

Error refused(const char* why) {
    return fail(ErrorKind::untrusted, "stamp", why);
}

// In every subtree the left half begins with the smaller index: one solution has one text only. A
// pair of equal indices is refused here, too.
bool in_order(const EquihashIndices& indices) {
    for (std::size_t half = 1; half < kEquihashIndices; half *= 2)
        for (std::size_t at = 0; at < kEquihashIndices; at += 2 * half)
            if (indices[at] >= indices[at + half])
                return false;
    return true;
}

bool distinct(EquihashIndices indices) {
    std::ranges::sort(indices);
    return std::ranges::adjacent_find(indices) == indices.end();
}

bool collide(const EquihashLeaves& leaves, const EquihashIndices& indices) {
    std::array<EquihashRow, kEquihashIndices> rows;
    std::ranges::transform(indices, rows.begin(), [&](auto index) { return leaves.row(index); });
    std::size_t count = kEquihashIndices;
    for (std::size_t step = 0; step < kSteps; ++step) {
        count /= 2;
        for (std::size_t i = 0; i < count; ++i) {
            rows[i] = rows[2 * i] ^ rows[2 * i + 1];
            if (rows[i].chunk(step) != 0)
                return false;
        }
    }
    return rows[0].is_zero();
}

}  // namespace

namespace detail {

EquihashLeaves::EquihashLeaves(ByteView input) {
    need_sodium();
    KITH_CHECK(crypto_generichash_blake2b_init_salt_personal(
                   &input_, nullptr, 0, kRowsOfHash * kRowOctets, nullptr, kPersonal.data()) == 0);
    crypto_generichash_blake2b_update(&input_, input.data(), input.size());
}

EquihashLeaves::Rows EquihashLeaves::hash(std::uint32_t number) const {
    const std::array<unsigned char, 4> little_endian{static_cast<unsigned char>(number),
                                                     static_cast<unsigned char>(number >> 8),
                                                     static_cast<unsigned char>(number >> 16),
                                                     static_cast<unsigned char>(number >> 24)};
    auto state = input_;
    crypto_generichash_blake2b_update(&state, little_endian.data(), little_endian.size());
    ByteArray<kRowsOfHash * kRowOctets> out{};
    crypto_generichash_blake2b_final(&state, out.data(), out.size());
    Rows rows;
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::uint32_t& word = rows[i / kRowOctets].words[i % kRowOctets / 4];
        word = word << 8 | out[i];
    }
    return rows;
}

}  // namespace detail

EquihashSolution pack_equihash(const EquihashIndices& indices) {
    EquihashSolution out{};
    std::uint64_t bits = 0;
    unsigned held = 0;
    std::size_t at = 0;
    for (const std::uint32_t index : indices) {
        KITH_CHECK(index >> kEquihashIndexBits == 0);
        bits = bits << kEquihashIndexBits | index;
        held += kEquihashIndexBits;
        for (; held >= 8; held -= 8)
            out[at++] = static_cast<std::uint8_t>(bits >> (held - 8));
    }
    return out;
}

Result<EquihashIndices> unpack_equihash(ByteView octets) {
    if (octets.size() != kEquihashOctets)
        return fail(ErrorKind::malformed, "stamp", "a solution is 68 octets");
    EquihashIndices out{};
    std::uint64_t bits = 0;
    unsigned held = 0;
    std::size_t at = 0;
    for (const std::uint8_t octet : octets) {
        bits = bits << 8 | octet;
        held += 8;
        if (held < kEquihashIndexBits)
            continue;
        held -= kEquihashIndexBits;
        out[at++] = static_cast<std::uint32_t>(bits >> held & ((1U << kEquihashIndexBits) - 1));
    }
    return out;
}

Result<void> check_equihash(ByteView input, ByteView solution) {
    const EquihashIndices indices = TRY(unpack_equihash(solution));
    if (!in_order(indices))
        return refused("the indices are not in order");
    if (!distinct(indices))
        return refused("an index stands twice");
    if (!collide(EquihashLeaves(input), indices))
        return refused("the hashes do not collide");
    return {};
}

}  // namespace kith
