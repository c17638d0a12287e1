// Card/set: the account's own next card (docs/client-api.md section 5; protocol sections 3.1, 7.5).
#pragma once

#include "access/method.h"

namespace kith {

awaitable<Result<MethodOutcome>> card_set(MethodCall call, json::object arguments);

}  // namespace kith
