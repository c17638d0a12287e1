// A message leaves without Bcc (protocol section 4).
#pragma once

#include <string>
#include <string_view>

namespace kith {

/// The message without its Bcc and Resent-Bcc fields, continuation lines included; every other
/// octet as it was. Only the message's own header is looked at.
std::string strip_bcc(std::string_view message);

}  // namespace kith
