// EmailSubmission/set (docs/client-api.md section 4; RFC 8621 section 7.5).
#pragma once

#include "access/method.h"

namespace kith {

awaitable<Result<MethodOutcome>> submission_set(MethodCall call, json::object arguments);

}  // namespace kith
