// Alarm: who said that the account's key is in a thief's hands (docs/client-api.md section 5).
#pragma once

#include "access/method.h"

namespace kith {

void add_alarm_methods(Methods& methods);

}  // namespace kith
