// The `_kith` record of this domain (protocol section 6).
#pragma once

#include "protocol/kith_record.h"
#include "server/config.h"
#include "server/keys.h"

namespace kith {

KithRecord own_record(const Config& config, const ServerKeys& keys);

}  // namespace kith
