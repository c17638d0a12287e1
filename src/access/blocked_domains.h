// BlockedDomain: domains from which nobody is heard but contacts (docs/client-api.md section 5).
#pragma once

#include "access/method.h"

namespace kith {

Result<json::object> blocked_domain_get(ReadContext& context, const json::object& arguments);
/// Blocking declines what waits from there.
Result<json::object> blocked_domain_set(WriteContext& context, const json::object& arguments);

}  // namespace kith
