#include "access/device_object.h"

#include "access/properties.h"

namespace kith {

std::string last_seen_key(AccountId account, const std::string& device) {
    return "seen/" + std::to_string(account) + "/" + device;
}

json::object device_object(ReadTransaction& store, const Caller& caller, const CardDevice& device) {
    json::object object;
    object["id"] = device.name;
    object["name"] = device.name;
    object["key"] = device.key.text();
    object["recipient"] = device.recipient.text();
    object["since"] = format_time(device.added);
    object["pending"] = device.pending;
    object["server"] = device.server;
    object["revoked"] = false;
    object["reason"] = nullptr;
    object["current"] = device.name == caller.device;
    object["lastSeenAt"] =
        text_or_null(store.value(last_seen_key(caller.account, device.name)).value_or(""));
    return object;
}

json::object revoked_device_object(const RevokedDevice& device) {
    json::object object;
    object["id"] = device.name;
    object["name"] = device.name;
    object["key"] = device.key.text();
    object["recipient"] = nullptr;
    object["since"] = format_time(device.since);
    object["pending"] = false;
    object["server"] = false;
    object["revoked"] = true;
    object["reason"] = name_of(device.reason);
    object["current"] = false;
    object["lastSeenAt"] = nullptr;
    return object;
}

}  // namespace kith
