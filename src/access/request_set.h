// Request/set: accept, decline, block (docs/client-api.md section 5).
#pragma once

#include "access/method.h"

namespace kith {

awaitable<Result<MethodOutcome>> request_set(MethodCall call, json::object arguments);

}  // namespace kith
