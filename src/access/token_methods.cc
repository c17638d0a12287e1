// Token: what an account gives to people who are to reach it (docs/client-api.md section 5;
// protocol section 5.1).
#include <algorithm>

#include "access/standard_methods.h"
#include "access/token_object.h"
#include "access/token_set.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {{"kind", Form::text}, {"revoked", Form::flag}};
constexpr std::string_view kSort[] = {"createdAt", "label"};
constexpr QueryForm kForm{.conditions = kConditions, .sort = kSort};

Result<json::object> token_get(ReadContext& context, const json::object& arguments) {
    const auto most = context.call.limits().objects_in_get;
    const auto asked =
        TRY(jmap::read_get(arguments, {.properties = kTokenProperties, .most = most}));
    std::vector<TokenRecord> found;
    std::vector<std::string> not_found;
    if (!asked.ids)
        found = context.store.tokens(context.account());
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        auto token = context.store.token(context.account(), id);
        if (token)
            found.push_back(*std::move(token));
        else
            not_found.push_back(id);
    }
    json::array list;
    for (const TokenRecord& token : found) {
        auto object = token_object(token, *context.call.caller, context.call.now());
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::token);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

bool has(const TokenRecord& token, std::string_view name, const json::value& value) {
    if (name == "kind")
        return name_of_kind(token.kind) == text_of(value.get_string());
    return (token.standing == TokenRecord::Standing::revoked) == value.get_bool();
}

Result<json::object> token_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kForm));
    auto tokens = context.store.tokens(context.account());
    std::erase_if(tokens, [&](const TokenRecord& token) {
        return !filter_matches(asked.filter, [&](const json::object& condition) {
            return std::ranges::all_of(condition, [&](const auto& member) {
                return has(token, member.key(), member.value());
            });
        });
    });
    std::ranges::sort(tokens, [&](const TokenRecord& a, const TokenRecord& b) {
        for (const jmap::Comparator& by : asked.sort) {
            const auto order = by.property == "label" ? std::weak_ordering(a.label <=> b.label)
                                                      : std::weak_ordering(a.created <=> b.created);
            if (order != 0)
                return by.ascending ? order < 0 : order > 0;
        }
        return std::pair(a.created, a.id) < std::pair(b.created, b.id);
    });
    std::vector<std::string> ids;
    ids.reserve(tokens.size());
    for (const TokenRecord& token : tokens)
        ids.push_back(token.id);
    return query_in_memory(asked,
                           ids,
                           type_state(context.store, context.account(), ObjectType::token),
                           context.call.limits().query_ids);
}

Result<json::object> token_query_changes(ReadContext& /*context*/, const json::object& arguments) {
    return refuse_query_changes(arguments, kForm);
}

}  // namespace

void add_token_methods(Methods& methods) {
    const std::string kith(jmap::kKith);
    methods.add("Token/get", kith, ReadMethod(token_get));
    methods.add("Token/changes", kith, ReadMethod(standard_changes<ObjectType::token>));
    methods.add("Token/query", kith, ReadMethod(token_query));
    methods.add("Token/queryChanges", kith, ReadMethod(token_query_changes));
    methods.add("Token/set", kith, WriteMethod(token_set));
}

}  // namespace kith
