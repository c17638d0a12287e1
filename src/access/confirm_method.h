// EmailSubmission/confirm (docs/client-api.md section 4): what waits for a person goes.
#pragma once

#include "access/method.h"

namespace kith {

awaitable<Result<MethodOutcome>> submission_confirm(MethodCall call, json::object arguments);

}  // namespace kith
