// A message on its way out: what the person wrote and to whom, before it is sealed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "kith/json_access.h"
#include "mail/compose.h"
#include "note/address.h"

namespace kith {

inline constexpr std::size_t kMaxRecipients = 500;  ///< what a server takes at once

struct Recipient {
    Target to;
    enum class As { to, cc, bcc } as = As::to;
    std::string token;         ///< empty: none
    std::optional<Hash> root;  ///< whom the link leads to
};

struct Outgoing {
    std::string id;  ///< of the stubs
    Time time;       ///< when it was written
    std::vector<Recipient> recipients;
    std::string message;  ///< RFC 5322, without Bcc
    std::string preview;  ///< as make_preview gives it
    std::string subject;
    std::string answers;  ///< empty: none
    /// A letter to two people whom it makes known to each other (protocol section 5.4).
    enum class Introduces { no, yes } introduces = Introduces::no;
};

/// With the one address in the place of the other in the header: else its reader would be warned
/// that it names somebody else.
std::string readdressed(std::string message, const Address& from, const Address& to);

/// For the outbox: a line of JSON, LF, the message.
std::string write_outgoing(const Outgoing& outgoing);
/// Errors: malformed.
Result<Outgoing> parse_outgoing(std::string_view text);

/// What `kith send` was told.
struct SendWish {
    std::vector<std::string> to;
    std::vector<std::string> cc;
    std::vector<std::string> bcc;
    std::string subject;
    std::string text;
    std::vector<std::string> attachments;  ///< paths
    std::string eml;                       ///< path; its bytes go as they are
    std::vector<std::string> tokens;       ///< tokens, or links with one
    std::string answers;                   ///< stub id
    std::string in_reply_to;               ///< Message-ID of the answered one
    Outgoing::Introduces introduces = Outgoing::Introduces::no;
};

/// Errors: usage (an address, a token for nobody), io (a file), limit, malformed.
Result<Outgoing> make_outgoing(const SendWish& wish,
                               const Address& from,
                               const std::string& id,
                               Time now);

}  // namespace kith
