// X25519 (RFC 7748), through libsodium.
#pragma once

#include "base/bytes.h"
#include "crypto/secret.h"

namespace kith {

/// The public value of a scalar.
ByteArray<32> x25519_public(const SecretArray<32>& scalar);
/// The shared secret. Errors: malformed when it is all zero (a point of small order).
Result<SecretArray<32>> x25519(const SecretArray<32>& scalar, const ByteArray<32>& point);

}  // namespace kith
