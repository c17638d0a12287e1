// /set of jmap_arguments.h (RFC 8620 5.3).
#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

#include "base/text.h"
#include "protocol/jmap_arguments.h"

namespace kith::jmap {
namespace {

using Objects = std::vector<std::pair<std::string, json::object>>;

Error bad(std::string_view name, const std::string& detail) {
    return fail_method(MethodError::invalid_arguments, std::string(name) + ": " + detail);
}

bool is_reference(std::string_view id) {
    return id.starts_with('#') && is_id(id.substr(1));
}

bool is_known_form(std::string_view id, IdForm form) {
    return is_reference(id) || (form == IdForm::id ? is_id(id) : !id.empty() && id.size() <= 1024);
}

Result<Objects> read_objects(const json::object& arguments, std::string_view name) {
    Objects objects;
    const json::value* const value = arguments.if_contains(name);
    if (value == nullptr || value->is_null())
        return objects;
    if (!value->is_object())
        return bad(name, "is not an object");
    for (const json::key_value_pair& member : value->get_object()) {
        if (!member.value().is_object())
            return bad(name, "\"" + printable(member.key()) + "\" is not an object");
        objects.emplace_back(member.key(), member.value().get_object());
    }
    return objects;
}

json::value or_null(json::object object) {
    return object.empty() ? json::value(nullptr) : json::value(std::move(object));
}

}  // namespace

Result<SetArguments> read_set(const json::object& arguments, const SetRules& rules) {
    static constexpr std::string_view kNames[] = {
        "accountId", "ifInState", "create", "update", "destroy"};
    TRY(check_names(arguments, kNames, rules.more));
    SetArguments out;
    out.account_id = TRY(read_string(arguments, "accountId"));
    if (!is_id(out.account_id))
        return bad("accountId", "is not an id");
    out.if_in_state = TRY(read_optional_string(arguments, "ifInState"));
    out.create = TRY(read_objects(arguments, "create"));
    out.update = TRY(read_objects(arguments, "update"));
    if (auto destroy = TRY(read_strings(arguments, "destroy")))
        out.destroy = *std::move(destroy);
    std::set<std::string> seen;  // one object is destroyed once
    std::erase_if(out.destroy, [&](const std::string& id) { return !seen.insert(id).second; });
    if (out.create.size() + out.update.size() + out.destroy.size() > rules.most)
        return fail_method(MethodError::request_too_large,
                           "more than " + std::to_string(rules.most) + " objects");
    for (const auto& [id, object] : out.create)
        if (!is_id(id))
            return bad("create", "\"" + printable(id) + "\" is not a creation id");
    for (const auto& [id, patch] : out.update)
        if (!is_known_form(id, rules.ids))
            return bad("update", "\"" + printable(id) + "\" is not an id");
    for (const std::string& id : out.destroy)
        if (!is_known_form(id, rules.ids))
            return bad("destroy", "\"" + printable(id) + "\" is not an id");
    return out;
}

Result<void> check_state(const SetArguments& arguments, std::string_view state) {
    if (arguments.if_in_state && *arguments.if_in_state != state)
        return fail_method(MethodError::state_mismatch);
    return {};
}

void SetResponse::created(const std::string& creation_id, json::object server_set) {
    created_[creation_id] = std::move(server_set);
}

void SetResponse::updated(const std::string& id, json::object changed) {
    updated_[id] = or_null(std::move(changed));
}

void SetResponse::destroyed(const std::string& id) {
    destroyed_.emplace_back(id);
}

void SetResponse::not_created(const std::string& creation_id, const SetError& error) {
    not_created_[creation_id] = error.object();
}

void SetResponse::not_updated(const std::string& id, const SetError& error) {
    not_updated_[id] = error.object();
}

void SetResponse::not_destroyed(const std::string& id, const SetError& error) {
    not_destroyed_[id] = error.object();
}

json::object SetResponse::object(const std::string& account_id,
                                 const std::optional<std::string>& old_state,
                                 const std::string& new_state) && {
    json::object out;
    out["accountId"] = account_id;
    out["oldState"] = old_state ? json::value(*old_state) : json::value(nullptr);
    out["newState"] = new_state;
    out["created"] = or_null(std::move(created_));
    out["updated"] = or_null(std::move(updated_));
    out["destroyed"] =
        destroyed_.empty() ? json::value(nullptr) : json::value(std::move(destroyed_));
    out["notCreated"] = or_null(std::move(not_created_));
    out["notUpdated"] = or_null(std::move(not_updated_));
    out["notDestroyed"] = or_null(std::move(not_destroyed_));
    return out;
}

}  // namespace kith::jmap
