// A signature in DKIM's form (RFC 6376 section 3.5), as fields of three names carry it:
// DKIM-Signature, ARC-Message-Signature (RFC 8617 section 4.1.2), Kith-Signature.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "mailauth/message_digest.h"
#include "mailauth/tag_list.h"

namespace kith::mailauth {

enum class KeyType { rsa, ed25519 };

enum class SignatureForm {
    dkim,         ///< v=1, i= an identity
    arc_message,  ///< no v=, i= the instance
};

struct DkimSignature {
    std::string algorithm;            ///< a=
    std::optional<KeyType> key_type;  ///< none: an algorithm that is not believed (rsa-sha1)
    Canonicalization header_form = Canonicalization::simple;
    Canonicalization body_form = Canonicalization::simple;
    std::string domain;               ///< as A-labels in lower case
    std::string selector;             ///< lower case
    std::string identity;             ///< i= as written; dkim: by default "@" and d=
    std::vector<std::string> fields;  ///< h=, lower case
    Bytes body_hash;
    Bytes signature;
    bool counts_body = false;  ///< has l=
    std::optional<Time> time;
    std::optional<Time> expiry;

    bool signs(std::string_view field) const;
};

/// Errors: malformed, limit (of a tag list; more than 256 names in h=).
Result<DkimSignature> parse_dkim_signature(std::string_view value, SignatureForm form);

/// a=: "rsa-sha256", "ed25519-sha256"; nullopt for what is not believed.
std::optional<KeyType> key_type_of(std::string_view algorithm);
/// s=. Errors: malformed.
Result<std::string> parse_selector(std::string_view text);
/// t=, x=: seconds. Errors: malformed.
Result<Time> parse_seconds(std::string_view text);

/// A signature's own field, canonical, without what stands in b= and without its CRLF.
std::string own_octets(const RawField& own, Canonicalization form);
/// What is signed: the fields of h=, each taken from the bottom, then
/// own_octets (RFC 6376 section 3.7).
std::string signed_octets(const RawHeader& header,
                          const std::vector<std::string>& fields,
                          const RawField& own,
                          Canonicalization form);

}  // namespace kith::mailauth
