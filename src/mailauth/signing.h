// Making signatures in DKIM's form (RFC 6376): DKIM-Signature for a domain, and what ARC
// (arc_seal.h) and Kith-Signature (kith_signature.h) share with it. Always relaxed/relaxed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "crypto/ed25519.h"
#include "crypto/rsa.h"
#include "mailauth/message_digest.h"

namespace kith::mailauth {

/// rsa-sha256, or ed25519-sha256 (RFC 8463). Held by the caller.
using SignatureKey = std::variant<const RsaSigningKey*, const SigningKey*>;

struct DkimSigner {
    std::string domain;    ///< d=
    std::string selector;  ///< s=
    std::string identity;  ///< i=; empty: left out, it is then "@" and d=
    SignatureKey key;
    Time time;                   ///< t=
    std::optional<Time> expiry;  ///< x=
};

/// What h= names: each field of the message that a reader sees or a program acts on (RFC 6376
/// section 5.4.1), and once more than it occurs, so that none can be added.
std::vector<std::string> fields_to_sign(const RawHeader& header);

/// The whole field "DKIM-Signature: …" with its CRLF, to be put before the message.
/// Errors: malformed (the message has not one From; d=, s= or i= is no such thing), internal.
Result<std::string> sign_dkim(const MessageDigest& message, const DkimSigner& signer);

/// The key record (RFC 6376 section 3.6.1) that belongs at SELECTOR._domainkey.DOMAIN.
std::string dkim_key_record(const SignatureKey& key);

}  // namespace kith::mailauth
