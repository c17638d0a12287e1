// EmailSubmission/get, /changes, /query (docs/client-api.md section 4).
#include <algorithm>

#include "access/confirm_method.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "access/submission_object.h"
#include "access/submission_set.h"

namespace kith {
namespace {

using Form = ConditionRule::Form;
constexpr ConditionRule kConditions[] = {{"identityIds", Form::texts},
                                         {"emailIds", Form::texts},
                                         {"threadIds", Form::texts},
                                         {"undoStatus", Form::text},
                                         {"before", Form::time},
                                         {"after", Form::time}};
constexpr std::string_view kSort[] = {"emailId", "threadId", "sentAt"};
constexpr QueryForm kForm{.conditions = kConditions, .sort = kSort};

Result<json::object> submission_get(ReadContext& context, const json::object& arguments) {
    const auto most = context.call.limits().objects_in_get;
    const auto asked =
        TRY(jmap::read_get(arguments, {.properties = kSubmissionProperties, .most = most}));
    std::vector<SubmissionRecord> found;
    std::vector<std::string> not_found;
    if (!asked.ids) {
        found = context.store.submissions(context.account());
        if (found.size() > most)
            return jmap::fail_method(jmap::MethodError::request_too_large, "name the ids");
    }
    for (const std::string& id : asked.ids.value_or(std::vector<std::string>())) {
        const auto number = parse_object_id(IdKind::submission, id);
        auto submission =
            number ? context.store.submission(context.account(), *number) : std::nullopt;
        if (submission)
            found.push_back(*std::move(submission));
        else
            not_found.push_back(id);
    }
    json::array list;
    for (const SubmissionRecord& submission : found) {
        auto object = submission_object(context.store, context.account(), submission);
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::submission);
    return jmap::get_response(asked, std::move(state), std::move(list), not_found);
}

bool lists(const json::value& texts, const json::value& text) {
    return std::ranges::find(texts.get_array(), text) != texts.get_array().end();
}

bool has(const json::object& submission, std::string_view name, const json::value& value) {
    if (name == "identityIds")
        return lists(value, submission.at("identityId"));
    if (name == "emailIds")
        return lists(value, submission.at("emailId"));
    if (name == "threadIds")
        return lists(value, submission.at("threadId"));
    if (name == "undoStatus")
        return submission.at("undoStatus") == value;
    // Times in this form compare as texts.
    const auto& sent = submission.at("sendAt").as_string();
    return name == "before" ? sent < value.as_string() : sent >= value.as_string();
}

std::string sort_key(const json::object& submission, std::string_view property) {
    const auto& value = submission.at(property == "sentAt" ? std::string_view("sendAt") : property);
    return value.is_string() ? text_of(value.get_string()) : std::string();
}

SubmissionId number_of(const json::object& submission) {
    return parse_object_id(IdKind::submission, text_of(submission.at("id").as_string()))
        .value_or(0);
}

bool names(const jmap::Filter& filter, std::string_view condition) {
    return filter.condition.contains(condition) ||
           std::ranges::any_of(filter.parts,
                               [&](const jmap::Filter& part) { return names(part, condition); });
}

// What a query looks at, and no more: an account keeps many submissions, each with its stubs.
json::object row_of(ReadContext& context,
                    const SubmissionRecord& submission,
                    const jmap::QueryArguments& asked) {
    const auto by_thread = [](const jmap::Comparator& by) { return by.property == "threadId"; };
    json::object row{{"id", object_id(IdKind::submission, submission.id)},
                     {"identityId", object_id(IdKind::identity, context.account())},
                     {"emailId", object_id(IdKind::email, submission.message)},
                     {"sendAt", format_time(submission.created)}};
    if (asked.filter && names(*asked.filter, "undoStatus"))
        row["undoStatus"] = undo_status(context.store.recipients(submission.id));
    if ((asked.filter && names(*asked.filter, "threadIds")) ||
        std::ranges::any_of(asked.sort, by_thread)) {
        const auto message = context.store.message(context.account(), submission.message);
        row["threadId"] = message ? json::value(object_id(IdKind::thread, message->thread))
                                  : json::value(nullptr);
    }
    return row;
}

Result<json::object> submission_query(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(read_query(arguments, kForm));
    std::vector<json::object> found;
    for (const SubmissionRecord& submission : context.store.submissions(context.account())) {
        auto object = row_of(context, submission, asked);
        const auto matches = [&](const json::object& condition) {
            return std::ranges::all_of(condition, [&](const auto& member) {
                return has(object, member.key(), member.value());
            });
        };
        if (filter_matches(asked.filter, matches))
            found.push_back(std::move(object));
    }
    const auto less = [&](const json::object& a, const json::object& b) {
        for (const jmap::Comparator& by : asked.sort) {
            const auto order = sort_key(a, by.property) <=> sort_key(b, by.property);
            if (order != 0)
                return by.ascending ? order < 0 : order > 0;
        }
        return number_of(b) < number_of(a);
    };
    std::ranges::sort(found, less);
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (const json::object& object : found)
        ids.push_back(text_of(object.at("id").as_string()));
    return query_in_memory(asked,
                           ids,
                           type_state(context.store, context.account(), ObjectType::submission),
                           context.call.limits().query_ids);
}

Result<json::object> submission_query_changes(ReadContext& /*context*/,
                                              const json::object& arguments) {
    return refuse_query_changes(arguments, kForm);
}

}  // namespace

void add_submission_methods(Methods& methods) {
    const std::string submission(jmap::kSubmission);
    methods.add("EmailSubmission/get", submission, ReadMethod(submission_get));
    methods.add("EmailSubmission/changes",
                submission,
                ReadMethod(standard_changes<ObjectType::submission>));
    methods.add("EmailSubmission/query", submission, ReadMethod(submission_query));
    methods.add("EmailSubmission/queryChanges", submission, ReadMethod(submission_query_changes));
    methods.add("EmailSubmission/set", submission, WaitMethod(submission_set));
    methods.add(
        "EmailSubmission/confirm", std::string(jmap::kKith), WaitMethod(submission_confirm));
}

}  // namespace kith
