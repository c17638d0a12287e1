#include "crypto/random.h"

#include "crypto/sodium_ready.h"

namespace kith {

SystemRandom::SystemRandom() {
    detail::need_sodium();
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    if (out.empty())
        return;
    randombytes_buf(out.data(), out.size());
}

SeededRandom::SeededRandom(ByteView seed) {
    detail::need_sodium();
    crypto_generichash(key_.data(), key_.size(), seed.data(), seed.size(), nullptr, 0);
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
    if (out.empty())  // libsodium takes no null pointer
        return;
    ByteArray<crypto_stream_chacha20_NONCEBYTES> nonce{};
    ++drawn_;
    for (std::size_t i = 0; i < nonce.size(); ++i)
        nonce[i] = static_cast<std::uint8_t>(drawn_ >> (8 * i));
    crypto_stream_chacha20(out.data(), out.size(), nonce.data(), key_.data());
}

std::string random_id(Random& random) {
    return hex(random.array<16>());
}

}  // namespace kith
