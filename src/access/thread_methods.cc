// Thread (RFC 8621 section 3). A thread is known by its first message; what happened to threads
// follows from what happened to messages.
#include <algorithm>
#include <set>
#include <utility>

#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "base/text.h"

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

// Whether a client that knows everything up to there knows of the thread by one of its messages.
bool was_known(ReadContext& context,
               const std::vector<MessageId>& messages,
               const ChangesFrom& up_to) {
    return std::ranges::any_of(messages, [&](MessageId id) {
        const auto message = context.store.message(context.account(), id);
        if (!message)
            return false;
        const auto place = std::pair(message->modseq, std::to_string(id));
        return message->created_modseq <= up_to.since ||
               (up_to.read && place <= std::pair(up_to.read->modseq, up_to.read->id));
    });
}

/// Threads that messages came into or went from.
struct TouchedThreads {
    std::set<MessageId> all;
    std::set<MessageId> lost;  ///< had a message that is gone
};

Result<TouchedThreads> touched_threads(ReadContext& context, const ObjectChanges& emails) {
    TouchedThreads threads;
    for (const MessageId thread : emails.destroyed_threads) {
        if (thread == 0)
            return jmap::fail_method(jmap::MethodError::cannot_calculate_changes,
                                     "an older version of the server removed messages since");
        threads.lost.insert(thread);
    }
    threads.all = threads.lost;
    for (const std::string& id : emails.created) {
        const auto number = static_cast<MessageId>(parse_decimal(id, INT64_MAX).value_or(0));
        if (const auto message = context.store.message(context.account(), number))
            threads.all.insert(message->thread);
    }
    return threads;
}

// A thread is there while it has messages. It changes when one comes or goes, not when something
// happens to one.
Result<json::object> thread_changes(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_changes(arguments));
    const auto [since, emails, state] = TRY(find_changes(context, ObjectType::email, asked));
    const auto threads = TRY(touched_threads(context, emails));
    jmap::Changes changes{.new_state = state,
                          .has_more = emails.more.has_value(),
                          .created = {},
                          .updated = {},
                          .destroyed = {}};
    for (const MessageId thread : threads.all) {
        const auto messages = context.store.thread(context.account(), thread);
        const bool known = threads.lost.contains(thread) || was_known(context, messages, since);
        auto& list = messages.empty() ? changes.destroyed
                     : known          ? changes.updated
                                      : changes.created;
        list.push_back(object_id(IdKind::thread, thread));
    }
    return jmap::changes_response(asked, changes);
}

}  // namespace

void add_thread_methods(Methods& methods) {
    const std::string mail(jmap::kMail);
    methods.add("Thread/get", mail, ReadMethod(thread_get));
    methods.add("Thread/changes", mail, ReadMethod(thread_changes));
}

}  // namespace kith
