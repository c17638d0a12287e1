// How signatures in DKIM's form are put into a field.
#pragma once

#include <functional>
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
/// How b= stands in a field: in lines like the rest; or in one, as ARC's reference implementation
/// and its tests have it.
enum class SignatureLines { folded, whole };
/// " a=rsa-sha256;\r\n b=…": the value of a field in lines of 73 columns.
std::string fold_tags(const std::vector<Tag>& tags, SignatureLines lines);

/// h=, t=.
std::string join_fields(const std::vector<std::string>& fields);
std::string seconds_of(Time time);
/// Errors: malformed (d= or s= is none, or not in its normal form).
Result<void> check_signing_names(const std::string& domain, const std::string& selector);

/// Writes `tags` into the field `name`, asks what it signs of it with b= empty, and fills b= in.
/// Gives the whole field with its CRLF. Errors: internal.
Result<std::string> sign_tags(std::string_view name,
                              std::vector<Tag> tags,
                              const SignatureKey& key,
                              SignatureLines lines,
                              const std::function<std::string(const RawField&)>& octets_of);

/// Signs `fields` of the message and `tags` as the value of the field `name`; gives the whole field
/// with its CRLF. Errors: internal.
Result<std::string> sign_field(const RawHeader& header,
                               std::string_view name,
                               std::vector<Tag> tags,
                               const std::vector<std::string>& fields,
                               const SignatureKey& key,
                               SignatureLines lines);

/// A signature of the message by that signer in the field `name`. Errors: malformed (not one
/// From), internal.
Result<std::string> write_signature(const MessageDigest& message,
                                    std::string_view name,
                                    const DkimSigner& signer);

}  // namespace kith::mailauth
