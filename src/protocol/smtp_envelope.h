// The parameters of MAIL and RCPT, as both ends have them: SIZE (RFC 1870), BODY (RFC 6152),
// SMTPUTF8 (RFC 6531), REQUIRETLS (RFC 8689), AUTH (RFC 4954), and those of delivery status
// notifications (DSN, RFC 3461).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/smtp_path.h"

namespace kith::smtp {

/// RFC 6152. BINARYMIME (RFC 3030) is not offered by us.
enum class BodyType { seven_bit, eight_bit_mime };
/// RFC 3461 section 4.3: what of the message a notification brings back.
enum class Ret { full, headers };

struct MailParameters {
    std::optional<std::uint64_t> size;  ///< octets that the sender expects
    BodyType body = BodyType::seven_bit;
    bool smtputf8 = false;
    bool require_tls = false;
    std::optional<Ret> ret;
    std::string envelope_id;          ///< ENVID, as it came (xtext); empty: none
    std::optional<std::string> auth;  ///< AUTH, as it came (xtext, or "<>")

    friend bool operator==(const MailParameters&, const MailParameters&) = default;
};

/// RFC 3461 section 4.1. All false: NEVER.
struct Notify {
    bool success = false;
    bool failure = false;
    bool delay = false;

    friend bool operator==(const Notify&, const Notify&) = default;
};

struct RcptParameters {
    std::optional<Notify> notify;    ///< nullopt: as the server thinks best
    std::string original_recipient;  ///< ORCPT, as it came ("rfc822;bob+40two.test"); empty: none

    friend bool operator==(const RcptParameters&, const RcptParameters&) = default;
};

/// What stands behind the path: empty, or " KEY=VALUE KEY…". Errors: malformed (as a whole, a
/// value, a parameter given twice), not_found (an unknown parameter).
Result<MailParameters> parse_mail_parameters(std::string_view text);
Result<RcptParameters> parse_rcpt_parameters(std::string_view text);

/// With a space before each; the inverse of parsing.
std::string format_parameters(const MailParameters& parameters);
std::string format_parameters(const RcptParameters& parameters);

/// RFC 3461 section 4: xtext of any octets, and back. Errors: malformed.
std::string encode_xtext(std::string_view text);
Result<std::string> decode_xtext(std::string_view text);

}  // namespace kith::smtp
