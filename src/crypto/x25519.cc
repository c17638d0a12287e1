#include "crypto/x25519.h"

#include "crypto/sodium_ready.h"

namespace kith {

ByteArray<32> x25519_public(const SecretArray<32>& scalar) {
    detail::need_sodium();
    ByteArray<32> out{};
    crypto_scalarmult_base(out.data(), scalar.data());
    return out;
}

Result<SecretArray<32>> x25519(const SecretArray<32>& scalar, const ByteArray<32>& point) {
    detail::need_sodium();
    SecretArray<32> out;
    if (crypto_scalarmult(out.octets().data(), scalar.data(), point.data()) != 0)
        return fail(ErrorKind::malformed, "x25519", "point of small order");
    return out;
}

}  // namespace kith
