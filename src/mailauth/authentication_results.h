// The Authentication-Results field (RFC 8601): written, read, and taken out where it is forged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/raw_header.h"

namespace kith::mailauth {

/// "smtp.mailfrom=alice@one.test"
struct AuthProperty {
    std::string type;  ///< ptype: smtp, header, body, policy
    std::string name;
    std::string value;

    friend bool operator==(const AuthProperty&, const AuthProperty&) = default;
};

/// One method's result.
struct AuthResult {
    std::string method;  ///< spf, dkim, dmarc, arc
    std::string result;  ///< pass, fail …
    std::string reason;  ///< for people; empty: none
    std::vector<AuthProperty> properties;

    friend bool operator==(const AuthResult&, const AuthResult&) = default;
};

struct AuthenticationResults {
    std::string authserv_id;
    std::vector<AuthResult> results;  ///< empty: "none"

    friend bool operator==(const AuthenticationResults&, const AuthenticationResults&) = default;
};

/// The body of the field, folded, without its name and last CRLF. Whatever stands in it, it is one
/// field: other octets than printable ASCII become "?" in a reason, and values are quoted.
std::string format_authentication_results(const AuthenticationResults& results);

struct AuthResultsLimits {
    std::size_t octets = 16'384;
    std::size_t results = 100;
};

/// Comments are skipped, words unquoted; methods and results in lower case. Errors: malformed,
/// limit.
Result<AuthenticationResults> parse_authentication_results(std::string_view body,
                                                           const AuthResultsLimits& limits = {});

/// Must it go when it comes from outside? Authentication-Results that name our authserv-id, or in
/// which no other one can be read (RFC 8601 section 5); fields "Kith-…", which only we write,
/// but for Kith-Signature.
bool is_forged(const RawField& field, std::string_view authserv_id);
/// The header without such fields; every other octet as it was.
std::string without_forged_fields(const RawHeader& header, std::string_view authserv_id);

}  // namespace kith::mailauth
