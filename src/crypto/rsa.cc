#include "crypto/rsa.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <climits>

namespace kith {
namespace {

struct KeyFree {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

struct ContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextFree>;

struct BioFree {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

Error bad(ErrorKind kind, const char* detail) {
    ERR_clear_error();  // TLS on this thread must not find it
    return fail(kind, "rsa key", detail);
}

Result<Key> checked(Key key) {
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return bad(ErrorKind::malformed, "is no RSA key");
    const auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()));
    if (bits < kMinRsaBits)
        return bad(ErrorKind::untrusted, "is shorter than 1024 bits");
    if (bits > kMaxRsaBits)
        return bad(ErrorKind::limit, "is longer than 8192 bits");
    ERR_clear_error();
    return key;
}

std::size_t bits_of(const EVP_PKEY* key) {
    return static_cast<std::size_t>(EVP_PKEY_get_bits(key));
}

// A key under a passphrase is refused, not asked for on a terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return -1;
}

Key decode_public(ByteView der) {
    const unsigned char* at = der.data();
    const auto size = static_cast<long>(der.size());
    Key key(d2i_PUBKEY(nullptr, &at, size));
    if (!key) {
        at = der.data();
        key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
    }
    return at == der.data() + der.size() ? std::move(key) : nullptr;
}

}  // namespace

struct RsaPublicKey::State {
    Key key;
};

Result<RsaPublicKey> RsaPublicKey::from_der(ByteView der) {
    if (der.empty() || der.size() > 2 * kMaxRsaBits / 8)
        return bad(ErrorKind::malformed, "is no RSA key");
    return RsaPublicKey(std::make_shared<const State>(TRY(checked(decode_public(der)))));
}

std::size_t RsaPublicKey::bits() const {
    return bits_of(state_->key.get());
}

bool RsaPublicKey::verify(ByteView message, ByteView signature) const {
    const Context context(EVP_MD_CTX_new());
    const bool good =
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) ==
            1 &&
        EVP_DigestVerify(
            context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
    ERR_clear_error();
    return good;
}

struct RsaSigningKey::State {
    Key key;
};

Result<RsaSigningKey> RsaSigningKey::generate(std::size_t bits) {
    if (bits < kMinRsaBits || bits > kMaxRsaBits)
        return bad(ErrorKind::limit, "must have 1024 to 8192 bits");
    Key key(EVP_RSA_gen(bits));
    if (!key)
        return bad(ErrorKind::internal, "could not be made");
    return RsaSigningKey(std::make_shared<const State>(std::move(key)));
}

Result<RsaSigningKey> RsaSigningKey::from_pem(std::string_view pem) {
    if (pem.size() > 64 * 1024)
        return bad(ErrorKind::malformed, "is too long for a PEM file");
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
    return RsaSigningKey(std::make_shared<const State>(TRY(checked(std::move(key)))));
}

Secret RsaSigningKey::pem() const {
    const Bio bio(BIO_new(BIO_s_secmem()));  // wiped when it is freed
    KITH_CHECK(PEM_write_bio_PKCS8PrivateKey(
                   bio.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    unsigned char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);  // NOLINT: OpenSSL's macro
    return Secret::copy_of({data, static_cast<std::size_t>(size)});
}

Bytes RsaSigningKey::public_der() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(state_->key.get(), &der);
    KITH_CHECK(size > 0);
    Bytes out(der, der + size);
    OPENSSL_free(der);
    return out;
}

std::size_t RsaSigningKey::bits() const {
    return bits_of(state_->key.get());
}

Result<Bytes> RsaSigningKey::sign(ByteView message) const {
    const Context context(EVP_MD_CTX_new());
    Bytes out(kMaxRsaBits / 8);
    std::size_t size = out.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) != 1 ||
        EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1)
        return bad(ErrorKind::internal, "could not sign");
    out.resize(size);
    return out;
}

}  // namespace kith
