// Device: the devices of the account's card (docs/client-api.md section 6). They change by a new
// card only.
#include <algorithm>

#include "access/card_draft.h"
#include "access/device_link.h"
#include "access/device_object.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

constexpr std::string_view kProperties[] = {"id",
                                            "name",
                                            "key",
                                            "recipient",
                                            "since",
                                            "pending",
                                            "server",
                                            "revoked",
                                            "reason",
                                            "current",
                                            "lastSeenAt"};

Result<std::vector<json::object>> all_devices(ReadContext& context) {
    const auto chain =
        TRY(context.call.services->chains.get(context.store, context.call.caller->root));
    const Card& card = chain->current().card;
    std::vector<json::object> devices;
    devices.reserve(card.devices.size() + card.revoked.size());
    for (const CardDevice& device : card.devices)
        devices.push_back(device_object(context.store, *context.call.caller, device));
    for (const RevokedDevice& device : card.revoked)
        devices.push_back(revoked_device_object(device));
    return devices;
}

Result<json::object> device_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    auto devices = TRY(all_devices(context));
    std::vector<std::string> not_found;
    json::array list;
    const auto give = [&](json::object& device) {
        jmap::select_properties(device, asked);
        list.push_back(std::move(device));
    };
    if (!asked.ids)
        std::ranges::for_each(devices, give);
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        const auto found = std::ranges::find_if(
            devices, [&](const auto& device) { return device.at("id") == json::value(id); });
        if (found == devices.end())
            not_found.push_back(id);
        else
            give(*found);
    }
    auto state = type_state(context.store, context.account(), ObjectType::device);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

// Whoever changes a card without saying which devices changed notes "all".
Result<json::object> device_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_changes(arguments));
    auto changes = TRY(changes_since(context, ObjectType::device, asked));
    const auto drop_all = [](std::vector<std::string>& ids) {
        return std::erase(ids, std::string("all")) > 0;
    };
    const bool created = drop_all(changes.created);
    const bool updated = drop_all(changes.updated);
    if (created || updated) {
        for (const json::object& device : TRY(all_devices(context))) {
            auto id = text_of(device.at("id").as_string());
            if (std::ranges::find(changes.created, id) == changes.created.end() &&
                std::ranges::find(changes.updated, id) == changes.updated.end())
                changes.updated.push_back(std::move(id));
        }
    }
    return jmap::changes_response(asked, changes);
}

}  // namespace

void add_device_methods(Methods& methods) {
    const std::string kith(jmap::kKith);
    methods.add("Device/get", kith, ReadMethod(device_get));
    methods.add("Device/changes", kith, ReadMethod(device_changes));
    methods.add("CardDraft/get", kith, ReadMethod(card_draft_get));
    methods.add("CardDraft/set", kith, WriteMethod(card_draft_set));
    methods.add("DeviceLink/get", kith, ReadMethod(device_link_get));
    methods.add("DeviceLink/set", kith, WriteMethod(device_link_set));
}

}  // namespace kith
