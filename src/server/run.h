// The whole server, from configuration to stop.
#pragma once

#include "server/config.h"

namespace kith {

/// Serves until SIGTERM or SIGINT (graceful: stops taking, lets what runs end, closes the store);
/// SIGHUP reads configuration, certificate and log file again. Tells systemd when it is ready.
/// Errors: whatever keeps it from starting.
Result<void> run_server(const Config& config);

}  // namespace kith
