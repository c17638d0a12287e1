// Request/show: which of the strangers who wait are shown (trust/requests_view.h).
#pragma once

#include "access/method.h"

namespace kith {

/// Chooses what becomes visible now, and marks it for ever.
Result<json::object> request_show(WriteContext& context, const json::object& arguments);

}  // namespace kith
