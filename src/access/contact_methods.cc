// Contact: an account's grants (docs/client-api.md section 5).
#include <algorithm>

#include "access/contact_object.h"
#include "access/contact_set.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "base/text.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {{"address", Form::text},
                                         {"name", Form::text},
                                         {"text", Form::text},
                                         {"root", Form::text},
                                         {"level", Form::text},
                                         {"verified", Form::flag},
                                         {"keyReplaced", Form::flag},
                                         {"keyTrouble", Form::flag}};
constexpr std::string_view kSort[] = {"address", "name", "since", "lastEngagedAt"};
constexpr QueryForm kForm{.conditions = kConditions, .sort = kSort};

Result<json::object> contact_get(ReadContext& context, const json::object& arguments) {
    const auto most = context.call.limits().objects_in_get;
    const auto asked =
        TRY(jmap::read_get(arguments, {.properties = kContactProperties, .most = most}));
    std::vector<GrantRecord> found;
    std::vector<std::string> not_found;
    if (!asked.ids) {
        found = context.store.grants(context.account());
        if (found.size() > most)
            return jmap::fail_method(jmap::MethodError::request_too_large, "name the ids");
    }
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        const auto root = parse_hash_hex(id);
        auto grant = root ? context.store.grant(context.account(), *root) : std::nullopt;
        if (grant)
            found.push_back(*std::move(grant));
        else
            not_found.push_back(id);
    }
    const auto replaced = keys_replaced(context.store, context.account(), context.call.now());
    const auto troubles = keys_in_trouble(context.store, context.account());
    json::array list;
    for (const GrantRecord& grant : found) {
        auto object = contact_object(grant, context.call.now());
        object["keyReplaced"] = key_replaced_value(replaced, grant.root);
        object["keyTrouble"] = key_trouble_value(troubles, grant.root);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::contact);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

bool contains(const std::string& where, const json::value& what) {
    return to_lower(where).contains(to_lower(text_of(what.get_string())));
}

bool has(const GrantRecord& grant, std::string_view name, const json::value& value) {
    if (name == "address")
        return contains(grant.address, value);
    if (name == "name")
        return contains(grant.name, value);
    if (name == "text")
        return contains(grant.address, value) || contains(grant.name, value);
    if (name == "root")
        return grant.root.text() == text_of(value.get_string()) ||
               grant.root.hex_text() == text_of(value.get_string());
    if (name == "level")
        return name_of_level(grant.level) == text_of(value.get_string());
    return (grant.verified == GrantRecord::Verified::yes) == value.get_bool();
}

std::string sort_key(const GrantRecord& grant, std::string_view property) {
    if (property == "address")
        return grant.address;
    if (property == "name")
        return to_lower(grant.name);
    return format_time(property == "since" ? grant.since : grant.last_engaged);
}

Result<json::object> contact_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kForm));
    auto grants = context.store.grants(context.account());
    const auto replaced = keys_replaced(context.store, context.account(), context.call.now());
    const auto troubles = keys_in_trouble(context.store, context.account());
    const auto matches = [&](const GrantRecord& grant, const json::key_value_pair& member) {
        const std::string root = grant.root.hex_text();
        if (member.key() == "keyReplaced")
            return replaced.contains(root) == member.value().get_bool();
        if (member.key() == "keyTrouble")
            return troubles.contains(root) == member.value().get_bool();
        return has(grant, member.key(), member.value());
    };
    std::erase_if(grants, [&](const GrantRecord& grant) {
        return !filter_matches(asked.filter, [&](const json::object& condition) {
            return std::ranges::all_of(condition,
                                       [&](const auto& member) { return matches(grant, member); });
        });
    });
    std::ranges::sort(grants, [&](const GrantRecord& a, const GrantRecord& b) {
        for (const jmap::Comparator& by : asked.sort) {
            const auto order = sort_key(a, by.property) <=> sort_key(b, by.property);
            if (order != 0)
                return by.ascending ? order < 0 : order > 0;
        }
        return std::pair(a.address, a.root) < std::pair(b.address, b.root);
    });
    std::vector<std::string> ids;
    ids.reserve(grants.size());
    for (const GrantRecord& grant : grants)
        ids.push_back(grant.root.hex_text());
    return query_in_memory(asked,
                           ids,
                           type_state(context.store, context.account(), ObjectType::contact),
                           context.call.limits().query_ids);
}

Result<json::object> contact_query_changes(ReadContext& /*context*/,
                                           const json::object& arguments) {
    return refuse_query_changes(arguments, kForm);
}

}  // namespace

void add_contact_methods(Methods& methods) {
    const std::string kith(jmap::kKith);
    methods.add("Contact/get", kith, ReadMethod(contact_get));
    methods.add("Contact/changes", kith, ReadMethod(standard_changes<ObjectType::contact>));
    methods.add("Contact/query", kith, ReadMethod(contact_query));
    methods.add("Contact/queryChanges", kith, ReadMethod(contact_query_changes));
    methods.add("Contact/set", kith, WriteMethod(contact_set));
}

}  // namespace kith
