// Token/set (docs/client-api.md section 5).
#pragma once

#include "access/method.h"

namespace kith {

Result<json::object> token_set(WriteContext& context, const json::object& arguments);

}  // namespace kith
