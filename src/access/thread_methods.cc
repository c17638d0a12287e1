// Thread (RFC 8621 section 3). A thread is known by its first message; what happened to threads
// follows from what happened to messages.
#include <algorithm>
#include <set>

#include "access/object_ids.h"
#include "access/standard_methods.h"

namespace kith {
namespace {

constexpr std::string_view kProperties[] = {"id", "emailIds"};

json::object thread_object(const std::string& id, const std::vector<MessageId>& messages) {
    json::array emails;
    for (const MessageId message : messages)
        emails.emplace_back(object_id(IdKind::email, message));
    return {{"id", id}, {"emailIds", std::move(emails)}};
}

// All threads, when there are no more messages than may be asked for.
Result<std::vector<std::string>> all_threads(ReadContext& context) {
    MessageFilter filter;
    filter.limit = static_cast<std::int64_t>(context.call.limits().objects_in_get);
    const auto page = context.store.messages(context.account(), filter);
    if (page.total > filter.limit)
        return jmap::fail_method(jmap::MethodError::request_too_large, "name the ids");
    std::set<MessageId> threads;
    for (const MessageId id : page.ids)
        if (const auto message = context.store.message(context.account(), id))
            threads.insert(message->thread);
    std::vector<std::string> ids;
    ids.reserve(threads.size());
    for (const MessageId thread : threads)
        ids.push_back(object_id(IdKind::thread, thread));
    return ids;
}

Result<json::object> thread_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    const auto ids = asked.ids ? *asked.ids : TRY(all_threads(context));
    json::array list;
    std::vector<std::string> not_found;
    for (const std::string& id : ids) {
        const auto number = parse_object_id(IdKind::thread, id);
        const auto messages =
            number ? context.store.thread(context.account(), *number) : std::vector<MessageId>();
        if (messages.empty()) {
            not_found.push_back(id);
            continue;
        }
        auto object = thread_object(id, messages);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::email);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

Result<json::object> thread_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_changes(arguments));
    const auto emails = TRY(changes_since(context, ObjectType::email, asked));
    if (!emails.destroyed.empty())  // which threads they were in is not known any more
        return jmap::fail_method(jmap::MethodError::cannot_calculate_changes);
    std::set<std::string> created;
    std::set<std::string> updated;
    const auto sort_in = [&](const std::vector<std::string>& ids) {
        for (const std::string& id : ids) {
            const auto number = parse_object_id(IdKind::email, id).value_or(0);
            const auto message = context.store.message(context.account(), number);
            if (!message)
                continue;
            const auto first = object_id(IdKind::email, message->thread);
            const bool fresh = std::ranges::find(emails.created, first) != emails.created.end();
            (fresh ? created : updated).insert(object_id(IdKind::thread, message->thread));
        }
    };
    sort_in(emails.created);
    sort_in(emails.updated);
    return jmap::changes_response(asked,
                                  {.new_state = emails.new_state,
                                   .has_more = emails.has_more,
                                   .created = {created.begin(), created.end()},
                                   .updated = {updated.begin(), updated.end()},
                                   .destroyed = {}});
}

}  // namespace

void add_thread_methods(Methods& methods) {
    const std::string mail(jmap::kMail);
    methods.add("Thread/get", mail, ReadMethod(thread_get));
    methods.add("Thread/changes", mail, ReadMethod(thread_changes));
}

}  // namespace kith
