// Methods of JMAP's core beside Core/echo (RFC 8620 sections 6.3 and 7.2). An account has no other
// to copy from, and the server calls no push services: clients hold an event source open.
#include <algorithm>

#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

using jmap::MethodError;
using jmap::SetErrorType;

constexpr std::string_view kPushProperties[] = {
    "id", "deviceClientId", "url", "keys", "verificationCode", "expires", "types"};

json::value or_null(json::object object) {
    return object.empty() ? json::value(nullptr) : json::value(std::move(object));
}

Result<json::object> blob_copy(ReadContext& context, const json::object& arguments) {
    static constexpr std::string_view kNames[] = {"fromAccountId", "accountId", "blobIds"};
    TRY(jmap::check_names(arguments, kNames));
    const auto account = TRY(jmap::read_string(arguments, "accountId"));
    const auto from = TRY(jmap::read_string(arguments, "fromAccountId"));
    const auto ids = TRY(jmap::read_strings(arguments, "blobIds"));
    if (!ids)
        return jmap::fail_method(MethodError::invalid_arguments, "blobIds: is missing");
    if (ids->size() > context.call.limits().objects_in_set)
        return jmap::fail_method(MethodError::request_too_large, "too many blobs");
    if (from != context.call.account_id())
        return jmap::fail_method(MethodError::from_account_not_found);
    json::object copied;
    json::object missing;
    for (const std::string& id : *ids) {
        const auto hash = parse_blob_id(id);
        if (hash && context.store.account_has_blob(context.account(), *hash))
            copied[id] = id;
        else
            missing[id] = refuse(SetErrorType::not_found).error().object();
    }
    return json::object{{"fromAccountId", from},
                        {"accountId", account},
                        {"copied", or_null(std::move(copied))},
                        {"notCopied", or_null(std::move(missing))}};
}

// The standard readers want the accountId, which these two methods do not take.
Result<json::object> with_account(const ReadContext& context, const json::object& arguments) {
    if (arguments.contains("accountId") || arguments.contains("ifInState"))
        return jmap::fail_method(MethodError::invalid_arguments,
                                 "push subscriptions have neither account nor state");
    json::object out = arguments;
    out["accountId"] = context.call.account_id();
    return out;
}

Result<json::object> push_get(ReadContext& context, const json::object& arguments) {
    const auto whole = TRY(with_account(context, arguments));
    const auto asked = TRY(jmap::read_get(
        whole, {.properties = kPushProperties, .most = context.call.limits().objects_in_get}));
    if (asked.properties && (asked.wants("url") || asked.wants("keys")))
        return jmap::fail_method(MethodError::forbidden, "url and keys are not told");
    const auto not_found = asked.ids.value_or(std::vector<std::string>());
    return json::object{{"list", json::array()},
                        {"notFound", json::array(not_found.begin(), not_found.end())}};
}

Result<json::object> push_set(ReadContext& context, const json::object& arguments) {
    const auto whole = TRY(with_account(context, arguments));
    const auto asked = TRY(jmap::read_set(whole, {.most = context.call.limits().objects_in_set}));
    jmap::SetResponse response;
    for (const auto& [creation_id, object] : asked.create)
        response.not_created(
            creation_id,
            refuse(SetErrorType::forbidden, "there is push by event source only").error());
    for (const auto& [id, patch] : asked.update)
        response.not_updated(id, refuse(SetErrorType::not_found).error());
    for (const std::string& id : asked.destroy)
        response.not_destroyed(id, refuse(SetErrorType::not_found).error());
    auto object = std::move(response).object(asked.account_id, std::nullopt, "");
    for (const char* name : {"accountId", "oldState", "newState"})
        object.erase(name);
    return object;
}

}  // namespace

void add_core_methods(Methods& methods) {
    const std::string core(jmap::kCore);
    methods.add("Blob/copy", core, ReadMethod(blob_copy));
    methods.add("PushSubscription/get", core, ReadMethod(push_get));
    methods.add("PushSubscription/set", core, ReadMethod(push_set));
}

}  // namespace kith
