// Adding a set to an Authenticated Received Chain (RFC 8617 section 5.1), where a message is passed
// on changed (a mailing list, a forwarding address).
#pragma once

#include <string>

#include "mailauth/arc.h"
#include "mailauth/signing.h"

namespace kith::mailauth {

struct ArcSealer {
    std::string domain;
    std::string selector;
    SignatureKey key;
    Time time;
    /// The body of our Authentication-Results: "AUTHSERV-ID; METHOD=RESULT …" without "i=".
    std::string results;
    /// h= of the message signature; empty: fields_to_sign, without those of ARC.
    std::vector<std::string> fields;
};

/// The three fields, each with its CRLF, to be put before the message: ARC-Seal,
/// ARC-Message-Signature, ARC-Authentication-Results. Empty where the chain ends already in
/// cv=fail or is as long as it may be: nothing is to be added. `chain`: check_arc's of that
/// message. Errors: malformed (domain, selector, results), internal.
Result<std::string> seal_arc(const MessageDigest& message,
                             const ArcResult& chain,
                             const ArcSealer& sealer);

}  // namespace kith::mailauth
