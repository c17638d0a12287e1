// Devices as clients see them (docs/client-api.md section 6).
#pragma once

#include <string>

#include "access/method.h"
#include "note/card.h"

namespace kith {

json::object device_object(ReadTransaction& store, const Caller& caller, const CardDevice& device);
json::object revoked_device_object(const RevokedDevice& device);

/// Where the store keeps when a device logged in last.
std::string last_seen_key(AccountId account, const std::string& device);

}  // namespace kith
