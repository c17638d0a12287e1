// Keys in DNS (RFC 6376 section 3.6.1), and verifying with them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/ed25519.h"
#include "crypto/rsa.h"
#include "mailauth/dns.h"

namespace kith::mailauth {

using VerifyingKey = std::variant<RsaPublicKey, PublicKey>;

struct KeyRecord {
    VerifyingKey key;
    bool is_test = false;           ///< t=y
    bool same_domain_only = false;  ///< t=s
};

/// Errors: malformed; not_found (revoked: p= is empty); denied (not for mail, not for SHA-256);
/// untrusted (an RSA key that is too short); limit.
Result<KeyRecord> parse_key_record(std::string_view text);

/// The first usable record of a TXT answer. Errors: unavailable; not_found; else those of the
/// record.
Result<KeyRecord> key_record_of(const Answer& answer);

/// "SELECTOR._domainkey.DOMAIN".
Question key_question(const std::string& selector, const std::string& domain);

/// RFC 8463 section 3: Ed25519 signs the SHA-256 of the octets, RSA the octets by its own rule.
bool verify_signed_octets(const VerifyingKey& key, std::string_view octets, ByteView signature);
std::size_t bits_of(const VerifyingKey& key);

}  // namespace kith::mailauth
