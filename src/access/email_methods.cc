// Email/get, and the list of Email's methods (docs/client-api.md section 3).
#include "access/email_object.h"
#include "access/email_query.h"
#include "access/email_set.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

Result<std::vector<std::string>> all_emails(ReadContext& context) {
    MessageFilter filter;
    filter.limit = static_cast<std::int64_t>(context.call.limits().objects_in_get);
    const auto page = context.store.messages(context.account(), filter);
    if (page.total > filter.limit)
        return jmap::fail_method(jmap::MethodError::request_too_large, "name the ids");
    std::vector<std::string> ids;
    ids.reserve(page.ids.size());
    for (const MessageId id : page.ids)
        ids.push_back(object_id(IdKind::email, id));
    return ids;
}

Result<json::object> email_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kEmailProperties, .most = context.call.limits().objects_in_get}));
    const auto ids = asked.ids ? *asked.ids : TRY(all_emails(context));
    json::array list;
    std::vector<std::string> not_found;
    for (const std::string& id : ids) {
        const auto number = parse_object_id(IdKind::email, id);
        const auto message =
            number ? context.store.message(context.account(), *number) : std::nullopt;
        if (!message) {
            not_found.push_back(id);
            continue;
        }
        auto object = email_object(context.store, *context.call.caller, *message);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::email);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

}  // namespace

void add_email_methods(Methods& methods) {
    const std::string mail(jmap::kMail);
    methods.add("Email/get", mail, ReadMethod(email_get));
    methods.add("Email/changes", mail, ReadMethod(standard_changes<ObjectType::email>));
    methods.add("Email/query", mail, ReadMethod(email_query));
    methods.add("Email/queryChanges", mail, ReadMethod(email_query_changes));
    methods.add("Email/set", mail, WriteMethod(email_set));
}

}  // namespace kith
