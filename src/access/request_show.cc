#include "access/request_show.h"

#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "base/text.h"
#include "delivery/request_slots.h"

namespace kith {
namespace {

// A draw of the day that nobody can foresee.
std::string seed_of_day(WriteContext& context, std::int64_t day) {
    const std::string key = "requests-seed " + std::to_string(context.account());
    const std::string head = std::to_string(day) + " ";
    const std::string before = context.store.value(key).value_or("");
    if (before.starts_with(head))
        return before.substr(head.size());
    Bytes octets(32);
    context.call.services->random.fill(octets);
    const std::string seed = hex(octets);
    context.store.put_value(key, head + seed);
    return seed;
}

}  // namespace

Result<json::object> request_show(WriteContext& context, const json::object& arguments) {
    if (arguments.size() != 1)
        return jmap::fail_method(jmap::MethodError::invalid_arguments, "accountId alone is taken");
    const Time now = context.call.now();
    const DaySeed seed = [&context](std::int64_t day) {
        return to_bytes(seed_of_day(context, day));
    };
    json::array list;
    for (const ChosenRequest& chosen :
         TRY(show_requests(context.store, context.account(), seed, now))) {
        const auto id = static_cast<MessageId>(parse_decimal(chosen.id).value_or(0));
        context.changed.insert(ObjectType::email);
        list.push_back(
            json::object{{"id", object_id(IdKind::email, id)}, {"slot", name_of(chosen.slot)}});
    }
    return json::object{{"accountId", context.call.account_id()},
                        {"state", type_state(context.store, context.account(), ObjectType::email)},
                        {"list", std::move(list)}};
}

}  // namespace kith
