// The administrator's call "load": who loads the running server.
#pragma once

#include <boost/json.hpp>

#include "server/server_context.h"

namespace kith {

/// {"rows": N} → what `kithd top` shows. Errors: unavailable (no server runs), malformed.
Result<boost::json::value> show_load(ServerContext& context, const boost::json::object& request);

}  // namespace kith
