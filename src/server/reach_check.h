// Whether others can reach the ports: as far as that can be seen from this machine.
#pragma once

#include "server/ground.h"

namespace kith {

/// Looks up the host's addresses and connects to each at the public port, while this process (or
/// the kithd that runs) listens there. A router or firewall that lets nothing in shows here in most
/// cases; what only others can see, `kithd check` from elsewhere shows. Blocking, at most half a
/// minute.
std::vector<Finding> look_at_reach(const Config& config, PortsExpected ports);

}  // namespace kith
