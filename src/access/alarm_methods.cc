// Alarm: who said that the account's key is in a thief's hands (docs/client-api.md section 5). They
// come by the protocol, and go when the owner has shown that it is them.

#include "access/alarm_methods.h"

#include <algorithm>
#include <set>

#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "delivery/alarms.h"
#include "delivery/reports.h"

namespace kith {
namespace {

constexpr std::string_view kProperties[] = {"id", "from", "at"};

// Which messages, what was said of them, and when; not by whom.
json::array reports_of(ReadContext& context, Time now) {
    json::array reports;
    for (const SentStub& each : reports_about(context.store, context.account(), now))
        reports.push_back(json::object{
            {"stubId", each.stub_id},
            {"outcome",
             each.outcome == MessageRecord::Outcome::unwanted ? "unwanted" : "looks-hacked"},
            {"at", format_time(each.reported)}});
    return reports;
}

json::array unconfirmed_of(ReadContext& context) {
    std::set<SubmissionId> submissions;
    for (const RecipientRecord& each : context.store.unconfirmed(context.account()))
        submissions.insert(each.submission);
    json::array ids;
    for (const SubmissionId each : submissions)
        ids.emplace_back(object_id(IdKind::submission, each));
    return ids;
}

Result<json::object> alarm_get(ReadContext& context, const json::object& arguments) {
    const auto asked = TRY(jmap::read_get(
        arguments, {.properties = kProperties, .most = context.call.limits().objects_in_get}));
    const Time now = context.call.now();
    json::array list;
    std::vector<std::string> not_found = asked.ids.value_or(std::vector<std::string>());
    for (const HeardAlarm& alarm : alarms_about(context.store, context.account(), now)) {
        const std::string id = alarm.root.hex_text();
        if (asked.ids && std::erase(not_found, id) == 0)
            continue;
        json::object object{{"id", id}, {"from", alarm.from}, {"at", format_time(alarm.at)}};
        jmap::select_properties(object, asked);
        list.push_back(std::move(object));
    }
    auto state = type_state(context.store, context.account(), ObjectType::card);
    auto response = jmap::get_response(asked, std::move(state), std::move(list), not_found);
    response["challenged"] = is_challenged(context.store, context.account(), now);
    response["reports"] = reports_of(context, now);
    response["unconfirmed"] = unconfirmed_of(context);
    return response;
}

}  // namespace

void add_alarm_methods(Methods& methods) {
    methods.add("Alarm/get", std::string(jmap::kKith), ReadMethod(alarm_get));
}

}  // namespace kith
