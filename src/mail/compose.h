// Making an RFC 5322 message: what a person wrote, as the octets that are sealed.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace kith {

inline constexpr std::size_t kMaxRecipientsInHeader = 500;
inline constexpr std::size_t kMaxSubject = 998;  ///< octets
inline constexpr std::size_t kMaxAttachments = 1000;

struct MailAddress {
    std::string name;   ///< for people, UTF-8; may be empty
    std::string email;  ///< "alice@one.test"

    friend bool operator==(const MailAddress&, const MailAddress&) = default;
};

struct DraftAttachment {
    std::string name;  ///< of the file; a path's last component is taken
    std::string type;  ///< media type; empty: guessed from the name
    Bytes octets;
};

struct Draft {
    MailAddress from;
    std::vector<MailAddress> to;
    std::vector<MailAddress> cc;
    std::string subject;
    Time date;
    std::string message_id;               ///< without "<>"
    std::string in_reply_to;              ///< without "<>"; may be empty
    std::vector<std::string> references;  ///< without "<>"
    std::string text;                     ///< UTF-8, any line ends
    std::vector<DraftAttachment> attachments;
    std::vector<std::pair<std::string, std::string>>
        headers;  ///< further ones, e.g. "Auto-Submitted"
};

/// The message with CRLF line ends, all ASCII on the outside, without Bcc.
/// Errors: malformed, limit; `where` is "draft: MEMBER". Bcc among `headers`, or one that compose
/// itself writes, is malformed.
Result<std::string> compose(const Draft& draft);

/// By a small table of endings; "application/octet-stream" for others.
std::string_view media_type_of(std::string_view file_name);

}  // namespace kith
