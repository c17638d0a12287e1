// Request/get, /changes, /query (docs/client-api.md section 5). What happened to requests follows
// from what happened to messages.
#include <algorithm>

#include "access/blocked_domains.h"
#include "access/object_ids.h"
#include "access/request_object.h"
#include "access/request_set.h"
#include "access/request_show.h"
#include "access/standard_methods.h"
#include "base/text.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {
    {"from", Form::text}, {"fromRoot", Form::text}, {"shown", Form::flag}};
constexpr std::string_view kSort[] = {"time", "effort"};
constexpr QueryForm kForm{.conditions = kConditions, .sort = kSort};

Result<json::object> request_get(ReadContext& context, const json::object& arguments) {
    const auto most = context.call.limits().objects_in_get;
    const auto asked =
        TRY(jmap::read_get(arguments, {.properties = kRequestProperties, .most = most}));
    std::vector<MessageRecord> found;
    std::vector<std::string> not_found;
    if (!asked.ids) {
        found = all_requests(context.store, context.account());
        if (found.size() > most)
            return jmap::fail_method(jmap::MethodError::request_too_large, "name the ids");
    }
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        auto message = find_request(context.store, context.account(), id);
        if (message)
            found.push_back(*std::move(message));
        else
            not_found.push_back(id);
    }
    json::array list;
    for (const MessageRecord& message : found) {
        auto object = request_object(message);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::email);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> request_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_changes(arguments));
    auto changes = TRY(changes_since(context, ObjectType::email, asked));
    const auto is_gone = [&](const std::string& id) {
        return !find_request(context.store, context.account(), id);
    };
    // Came and went, or never was one. But a client that reads on may have been told of it before.
    if (parse_changes(asked.since_state)->read)
        std::ranges::copy_if(changes.created, std::back_inserter(changes.destroyed), is_gone);
    std::erase_if(changes.created, is_gone);
    std::ranges::copy_if(changes.updated, std::back_inserter(changes.destroyed), is_gone);
    std::erase_if(changes.updated, is_gone);
    return jmap::changes_response(asked, changes);
}

bool has(const MessageRecord& message, std::string_view name, const json::value& value) {
    if (name == "shown")
        return is_shown(message) == value.get_bool();
    const auto wanted = text_of(value.get_string());
    if (name == "from")
        return message.from.contains(to_lower(wanted));
    return message.from_root.text() == wanted;
}

Result<json::object> request_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kForm));
    struct Row {
        std::string id;
        Time time;
        std::uint64_t effort = 0;
    };
    std::vector<Row> rows;
    for (const MessageRecord& message : all_requests(context.store, context.account())) {
        const auto matches = [&](const json::object& condition) {
            return std::ranges::all_of(condition, [&](const auto& member) {
                return has(message, member.key(), member.value());
            });
        };
        if (!filter_matches(asked.filter, matches))
            continue;
        const auto object = request_object(message);
        const auto* effort = object.if_contains("effort");
        const auto number = effort->is_uint64() ? effort->get_uint64() : 0;
        rows.push_back({object_id(IdKind::email, message.id), message.received_at, number});
    }
    std::ranges::sort(rows, [&](const Row& a, const Row& b) {
        for (const jmap::Comparator& by : asked.sort) {
            const auto order = by.property == "time" ? std::weak_ordering(a.time <=> b.time)
                                                     : std::weak_ordering(a.effort <=> b.effort);
            if (order != 0)
                return by.ascending ? order < 0 : order > 0;
        }
        return std::pair(b.time, b.id) < std::pair(a.time, a.id);
    });
    std::vector<std::string> ids;
    ids.reserve(rows.size());
    for (Row& row : rows)
        ids.push_back(std::move(row.id));
    return query_in_memory(asked,
                           ids,
                           type_state(context.store, context.account(), ObjectType::email),
                           context.call.limits().query_ids);
}

Result<json::object> request_query_changes(ReadContext& /*context*/,
                                           const json::object& arguments) {
    return refuse_query_changes(arguments, kForm);
}

}  // namespace

void add_request_methods(Methods& methods) {
    const std::string kith(jmap::kKith);
    methods.add("Request/get", kith, ReadMethod(request_get));
    methods.add("Request/changes", kith, ReadMethod(request_changes));
    methods.add("Request/query", kith, ReadMethod(request_query));
    methods.add("Request/queryChanges", kith, ReadMethod(request_query_changes));
    methods.add("Request/set", kith, WaitMethod(request_set));
    methods.add("Request/show", kith, WriteMethod(request_show));
    methods.add("BlockedDomain/get", kith, ReadMethod(blocked_domain_get));
    methods.add("BlockedDomain/set", kith, WriteMethod(blocked_domain_set));
}

}  // namespace kith
