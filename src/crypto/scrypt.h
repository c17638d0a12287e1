// scrypt (RFC 7914), through OpenSSL.
#pragma once

#include "base/bytes.h"
#include "crypto/secret.h"

namespace kith {

/// More would need over a TiB of memory.
inline constexpr unsigned kMaxScryptLogN = 30;

/// 32 octets with N = 2^log_n, r = 8, p = 1. Takes about 2^log_n KiB of memory.
/// Errors: limit (`log_n` not 1 to 30), internal (no memory).
Result<Secret> scrypt(ByteView passphrase, ByteView salt, unsigned log_n);

}  // namespace kith
