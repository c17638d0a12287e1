// SCRAM-SHA-256, the server's side (RFC 5802, RFC 7677), as pure steps. Without channel binding:
// the -PLUS form is not offered, so a client that wants it is refused.
//
//   client-first ──► begin() ──► whose verifier? ──► server-first ──► client-final ──► finish()
//
// Passwords here are generated ASCII, so that SASLprep changes nothing; others are refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace kith {

/// RFC 7677 section 4: no fewer. More cost a client that logs in often.
inline constexpr std::uint32_t kScramIterations = 4096;

/// What a server keeps instead of a password. It is a secret: who has it can ask the client for
/// more.
struct ScramVerifier {
    Bytes salt;
    std::uint32_t iterations = kScramIterations;
    SecretArray<32> stored_key;
    SecretArray<32> server_key;
};

/// Slow on purpose: `iterations` of HMAC. Errors: malformed (a password that is empty or not
/// printable ASCII).
Result<ScramVerifier> make_scram_verifier(std::string_view password,
                                          ByteView salt,
                                          std::uint32_t iterations = kScramIterations);

/// One exchange.
class ScramServer {
  public:
    /// Reads client-first-message. Errors: malformed; denied (channel binding is wanted, or an
    /// extension that is not known).
    static Result<ScramServer> begin(std::string_view client_first);

    const std::string& user() const { return user_; }
    const std::string& authorization() const { return authorization_; }  ///< empty: as the user

    /// server-first-message. `server_nonce`: printable ASCII without a comma, at least 18 octets of
    /// randomness. For users that do not exist the caller gives a verifier that depends on the name
    /// alone, so that nothing tells.
    std::string challenge(ScramVerifier verifier, std::string_view server_nonce);
    /// Reads client-final-message; returns server-final-message. After challenge(). Errors:
    /// malformed; denied (another nonce, another channel binding, the wrong password).
    Result<std::string> finish(std::string_view client_final) const;

  private:
    ScramServer() = default;

    std::string user_;
    std::string authorization_;
    std::string gs2_header_;  ///< "n,," or "n,a=...,"
    std::string first_bare_;
    std::string nonce_;  ///< the client's, and behind challenge() ours behind it
    std::string server_first_;
    ScramVerifier verifier_;
};

}  // namespace kith
