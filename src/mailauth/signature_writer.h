// How signatures in DKIM's form are put into a field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mailauth/signing.h"

namespace kith::mailauth {

/// "rsa-sha256", "ed25519-sha256".
std::string_view algorithm_of(const SignatureKey& key);
/// Base64. Errors: internal.
Result<std::string> sign_octets(const SignatureKey& key, std::string_view octets);

/// Tags to write, in order; b= stays empty until it is signed.
struct Tag {
    std::string name;
    std::string value;
};
/// " a=rsa-sha256;\r\n\tb=…": the value of a field, folded at 78 columns, base64 and h= too.
std::string fold_tags(const std::vector<Tag>& tags);

/// Signs `fields` of the message and `tags` as the value of the field `name`; gives the whole field
/// with its CRLF. Errors: internal.
Result<std::string> sign_field(const RawHeader& header,
                               std::string_view name,
                               std::vector<Tag> tags,
                               const std::vector<std::string>& fields,
                               const SignatureKey& key);

/// A signature of the message by that signer in the field `name`. Errors: malformed (not one
/// From), internal.
Result<std::string> write_signature(const MessageDigest& message,
                                    std::string_view name,
                                    const DkimSigner& signer);

}  // namespace kith::mailauth
