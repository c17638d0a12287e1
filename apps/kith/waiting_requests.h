// All that waits in Requests, however much that is.
#pragma once

#include <vector>

#include "kith/person.h"

namespace kith {

/// Request objects, in the server's order. Errors: the server's.
Result<std::vector<json::object>> waiting_requests(Person& person);

}  // namespace kith
