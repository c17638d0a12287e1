// Mailbox/set (RFC 8621 section 2.5).
#pragma once

#include "access/method.h"

namespace kith {

Result<json::object> mailbox_set(WriteContext& context, const json::object& arguments);

}  // namespace kith
