// SipHash-2-4 with 64 bits of output (Aumasson and Bernstein, 2012): a MAC for short messages and
// short lives, some fifty times as fast as a signature check. Through libsodium; its time depends
// on lengths alone.
#pragma once

#include "base/bytes.h"

namespace kith {

inline constexpr std::size_t kSipHashKey = 16;

/// Requires: a key of 16 octets.
ByteArray<8> siphash_2_4(ByteView key, ByteView message);

}  // namespace kith
