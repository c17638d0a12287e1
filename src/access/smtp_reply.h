// What became of a recipient in the words of SMTP (RFC 5321 section 4.2, codes of RFC 3463), for
// programs that know nothing of Kith: `smtpReply` of RFC 8621 section 7.
#pragma once

#include <string>
#include <string_view>

#include "store/records.h"

namespace kith {

/// One line: code, enhanced code, text. `type` and `detail` are those of the last answer
/// (protocol section 7.2, or the kind of an error when none came); both are foreign text, empty
/// while there was no answer.
std::string smtp_reply(RecipientState state, std::string_view type, std::string_view detail);

}  // namespace kith
