// Kith-Signature (protocol 11): DKIM's algorithm with a device's key from the writer's card, so
// that trust passes through mail servers that know nothing of it.
#pragma once

#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "mailauth/dkim.h"
#include "mailauth/signing.h"
#include "note/address.h"

namespace kith::mailauth {

/// Whose signature it claims to be: look their card up, then check it with that device's key.
struct KithSignature {
    const RawField* field = nullptr;  ///< of the message's header
    Address address;                  ///< i=
    std::string device;               ///< s=
};

/// The first few well-formed ones, from the top; others are as if they were not there.
std::vector<KithSignature> find_kith_signatures(const MessageDigest& message);

/// `key`: of that device, of the card that the caller trusts. Never temperror.
DkimResult check_kith_signature(const MessageDigest& message,
                                const KithSignature& signature,
                                const PublicKey& key,
                                Time now);

/// The whole field with its CRLF. Errors: malformed (the message has not one From), internal.
Result<std::string> sign_kith(const MessageDigest& message,
                              const Address& address,
                              const std::string& device,
                              const SigningKey& key,
                              Time now);

}  // namespace kith::mailauth
