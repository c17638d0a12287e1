#include "crypto/siphash.h"

#include "crypto/sodium_ready.h"

namespace kith {

static_assert(crypto_shorthash_siphash24_KEYBYTES == kSipHashKey);

ByteArray<8> siphash_2_4(ByteView key, ByteView message) {
    KITH_CHECK(key.size() == kSipHashKey);
    ByteArray<8> out;
    crypto_shorthash_siphash24(out.data(), message.data(), message.size(), key.data());
    return out;
}

}  // namespace kith
