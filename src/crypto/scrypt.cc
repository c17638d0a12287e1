#include "crypto/scrypt.h"

#include <openssl/evp.h>

namespace kith {

Result<Secret> scrypt(ByteView passphrase, ByteView salt, unsigned log_n) {
    if (log_n < 1 || log_n > kMaxScryptLogN)
        return fail(ErrorKind::limit, "scrypt", "the work factor must be 1 to 30");
    Secret out(32);
    const std::uint64_t n = 1ULL << log_n;
    const std::string_view text = as_text(passphrase);
    if (EVP_PBE_scrypt(text.data(),
                       text.size(),
                       salt.data(),
                       salt.size(),
                       n,
                       8,
                       1,
                       n * 1024 + (64ULL << 20),
                       out.octets().data(),
                       out.size()) != 1)
        return fail(ErrorKind::internal, "scrypt", "not enough memory for this work factor");
    return out;
}

}  // namespace kith
