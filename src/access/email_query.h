// Email/query (docs/client-api.md section 3; RFC 8621 section 4.4).
#pragma once

#include "access/method.h"

namespace kith {

Result<json::object> email_query(ReadContext& context, const json::object& arguments);
Result<json::object> email_query_changes(ReadContext& context, const json::object& arguments);

}  // namespace kith
