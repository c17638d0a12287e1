// The Session object (RFC 8620 section 2) of a caller.
#pragma once

#include "access/client_services.h"
#include "protocol/jmap_session.h"

namespace kith {

jmap::Limits jmap_limits(const ClientLimits& limits);
jmap::SessionInfo session_info(const ClientServices& services, const Caller& caller);

}  // namespace kith
