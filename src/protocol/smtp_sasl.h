// The framing of SASL in SMTP (RFC 4954): base64 lines to messages, and the mechanisms that are
// nothing but framing (PLAIN, LOGIN, EXTERNAL) to what they say. Who may log in is the caller's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/smtp_server_events.h"

namespace kith::smtp {

/// Octets of a response with its CRLF; longer than any mechanism offered here needs (RFC 4954
/// section 4).
inline constexpr std::size_t kAuthLine = 4096;

/// What comes of a client's response: a challenge to be sent (not encoded), or somebody who has to
/// decide.
struct SaslChallenge {
    std::string text;
};
using SaslStep = std::variant<SaslChallenge, PasswordLogin, ExternalLogin, SaslMessage>;

/// One exchange, from AUTH to its end. Holds a user's name between two lines, never a password.
class SaslExchange {
  public:
    explicit SaslExchange(Mechanism mechanism) : mechanism_(mechanism) {}

    /// The argument of AUTH behind the mechanism: empty when there was none, "=" for an empty
    /// response. Errors as respond().
    Result<SaslStep> begin(std::string_view initial);
    /// A line of the client's, without CRLF. Errors: malformed (base64, or the message inside);
    /// denied: the client gives up ("*").
    Result<SaslStep> respond(std::string_view line);
    /// SaslMessages were told of.
    bool told() const { return told_; }

  private:
    Result<SaslStep> take(Bytes message);

    Mechanism mechanism_;
    std::optional<std::string> user_;  ///< LOGIN: behind its first line
    bool told_ = false;
};

/// By the name in AUTH, any case.
std::optional<Mechanism> find_mechanism(std::string_view name);

}  // namespace kith::smtp
