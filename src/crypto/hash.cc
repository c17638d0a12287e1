#include "crypto/hash.h"

#include "crypto/sodium_ready.h"

#include <openssl/evp.h>

#include <algorithm>

namespace kith {
namespace {

// Fetched once: OpenSSL 3's implicit fetch triples the cost of a short hash.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

EVP_MD_CTX* thread_context() {
    thread_local const Context context(EVP_MD_CTX_new());
    return context.get();
}

template <std::size_t N>
ByteArray<N> blake2b(ByteView key, ByteView a, ByteView b) {
    detail::need_sodium();
    ByteArray<N> out{};
    crypto_generichash_state state;
    KITH_CHECK(crypto_generichash_init(&state, key.data(), key.size(), N) == 0);
    crypto_generichash_update(&state, a.data(), a.size());
    crypto_generichash_update(&state, b.data(), b.size());
    crypto_generichash_final(&state, out.data(), out.size());
    if (!key.empty())
        sodium_memzero(&state, sizeof state);
    return out;
}

}  // namespace

Result<Hash> parse_hash_hex(std::string_view text) {
    if (text.size() != 64)
        return fail(ErrorKind::malformed, "hash", "must be 64 hex digits");
    const Bytes octets = TRY(parse_hex(text));
    return Hash{TRY(exactly<32>(octets))};
}

Result<Hash> parse_hash_base64(std::string_view text) {
    const Bytes octets = TRY(parse_base64(text));
    if (octets.size() != sizeof(Hash::octets))
        return fail(ErrorKind::malformed, "hash", "must be base64 of 32 octets");
    return Hash{TRY(exactly<32>(octets))};
}

Result<Hash> parse_hash(std::string_view text) {
    if (!text.starts_with("sha256:"))
        return fail(ErrorKind::malformed, "hash", "must begin with sha256:");
    return parse_hash_hex(text.substr(7));
}

Hash sha256(ByteView octets) {
    return sha256_joined({octets});
}

Hash sha256_joined(std::initializer_list<ByteView> parts) {
    Hash out;
    EVP_MD_CTX* context = thread_context();
    KITH_CHECK(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
    for (const ByteView part : parts)
        KITH_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
    KITH_CHECK(EVP_DigestFinal_ex(context, out.octets.data(), nullptr) == 1);
    return out;
}

struct Sha256::State {
    Context context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    KITH_CHECK(EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView octets) {
    KITH_CHECK(EVP_DigestUpdate(state_->context.get(), octets.data(), octets.size()) == 1);
}

Hash Sha256::finish() {
    Hash out;
    KITH_CHECK(EVP_DigestFinal_ex(state_->context.get(), out.octets.data(), nullptr) == 1);
    KITH_CHECK(EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) == 1);
    return out;
}

ByteArray<32> hmac_sha256(ByteView key, ByteView message) {
    ByteArray<64> block{};
    if (key.size() > block.size()) {
        const Hash short_key = sha256(key);
        std::copy(short_key.octets.begin(), short_key.octets.end(), block.begin());
    } else {
        std::copy(key.begin(), key.end(), block.begin());
    }
    for (std::uint8_t& octet : block)
        octet ^= 0x36;
    const Hash inner = sha256_joined({block, message});
    for (std::uint8_t& octet : block)
        octet ^= 0x36 ^ 0x5c;
    const Hash outer = sha256_joined({block, inner.octets});
    wipe(block);
    return outer.octets;
}

Secret hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t size) {
    KITH_CHECK(size <= 255UL * 32);
    ByteArray<32> key = hmac_sha256(salt, secret);
    Secret out(size);
    Bytes block;
    block.reserve(key.size() + info.size() + 1);  // it never moves, so that all of it is wiped
    for (std::size_t done = 0, count = 1; done < size; ++count) {
        block.insert(block.end(), info.begin(), info.end());
        block.push_back(static_cast<std::uint8_t>(count));
        ByteArray<32> next = hmac_sha256(key, block);
        const std::size_t part = std::min(next.size(), size - done);
        std::copy_n(next.begin(), part, out.octets().begin() + static_cast<std::ptrdiff_t>(done));
        done += part;
        wipe(block);
        block.assign(next.begin(), next.end());
        wipe(next);
    }
    wipe(block);
    wipe(key);
    return out;
}

ByteArray<64> blake2b_512(ByteView a, ByteView b) {
    return blake2b<64>({}, a, b);
}

ByteArray<32> blake2b_256(ByteView a, ByteView b) {
    return blake2b<32>({}, a, b);
}

ByteArray<32> blake2b_256_keyed(ByteView key, ByteView message) {
    KITH_CHECK(key.size() >= crypto_generichash_KEYBYTES_MIN &&
               key.size() <= crypto_generichash_KEYBYTES_MAX);
    return blake2b<32>(key, message, {});
}

}  // namespace kith
