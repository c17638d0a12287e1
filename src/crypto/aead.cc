#include "crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/result.h"

namespace kith {
namespace {

const EVP_CIPHER* chacha20_poly1305() {
    static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
    return cipher;
}

int length_of(ByteView octets) {
    KITH_CHECK(octets.size() < (1U << 30));
    return static_cast<int>(octets.size());
}

Error bad_tag() {
    return fail(ErrorKind::bad_signature, "chacha20-poly1305", "the tag does not verify");
}

struct ContextDeleter {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

}  // namespace

// The key schedule is set once; each call sets its nonce.
struct Aead::State {
    Context sealing{EVP_CIPHER_CTX_new()};
    Context opening{EVP_CIPHER_CTX_new()};
};

Aead::Aead(ByteView key) : state_(std::make_unique<State>()) {
    KITH_CHECK(key.size() == 32);
    KITH_CHECK(EVP_EncryptInit_ex2(
                   state_->sealing.get(), chacha20_poly1305(), key.data(), nullptr, nullptr) == 1);
    KITH_CHECK(EVP_DecryptInit_ex2(
                   state_->opening.get(), chacha20_poly1305(), key.data(), nullptr, nullptr) == 1);
}
Aead::~Aead() = default;
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;

void Aead::seal(const Nonce& nonce, ByteView plain, Bytes& out, ByteView associated) const {
    EVP_CIPHER_CTX* context = state_->sealing.get();
    KITH_CHECK(EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1);
    int length = 0;
    if (!associated.empty())
        KITH_CHECK(EVP_EncryptUpdate(
                       context, nullptr, &length, associated.data(), length_of(associated)) == 1);
    const std::size_t at = out.size();
    out.resize(at + plain.size() + kTagOctets);
    KITH_CHECK(
        EVP_EncryptUpdate(context, out.data() + at, &length, plain.data(), length_of(plain)) == 1);
    KITH_CHECK(EVP_EncryptFinal_ex(context, out.data() + at + plain.size(), &length) == 1);
    KITH_CHECK(EVP_CIPHER_CTX_ctrl(
                   context, EVP_CTRL_AEAD_GET_TAG, kTagOctets, out.data() + at + plain.size()) ==
               1);
}

Result<void> Aead::open(const Nonce& nonce,
                        ByteView sealed,
                        Bytes& out,
                        ByteView associated) const {
    if (sealed.size() < kTagOctets)
        return bad_tag();
    EVP_CIPHER_CTX* context = state_->opening.get();
    const ByteView body = sealed.first(sealed.size() - kTagOctets);
    ByteArray<kTagOctets> tag{};
    std::copy(sealed.end() - kTagOctets, sealed.end(), tag.begin());
    KITH_CHECK(EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1);
    KITH_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagOctets, tag.data()) == 1);
    int length = 0;
    if (!associated.empty())
        KITH_CHECK(EVP_DecryptUpdate(
                       context, nullptr, &length, associated.data(), length_of(associated)) == 1);
    const std::size_t at = out.size();
    out.resize(at + body.size());
    ByteArray<kTagOctets> rest{};
    const bool good =
        EVP_DecryptUpdate(context, out.data() + at, &length, body.data(), length_of(body)) == 1 &&
        EVP_DecryptFinal_ex(context, rest.data(), &length) == 1;
    if (!good) {
        OPENSSL_cleanse(out.data() + at, body.size());
        out.resize(at);
        return bad_tag();
    }
    return {};
}

}  // namespace kith
