// Request/set: accept, decline, block (docs/client-api.md section 5).
#pragma once

#include "access/method.h"

namespace kith {

/// Declines all that wait and fit.
Result<void> sweep_requests(WriteContext& context,
                            const std::function<bool(const MessageRecord&)>& fits);

awaitable<Result<MethodOutcome>> request_set(MethodCall call, json::object arguments);

}  // namespace kith
