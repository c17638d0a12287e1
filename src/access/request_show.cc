#include "access/request_show.h"

#include <algorithm>

#include "access/object_ids.h"
#include "access/request_object.h"
#include "access/standard_methods.h"
#include "base/text.h"
#include "delivery/settling.h"
#include "trust/requests_view.h"

namespace kith {
namespace {

using Way = WaitingStub::Way;

bool is_charged_to(const Decision& decision, Debit::Meter meter) {
    return std::ranges::find(decision.debits, meter, &Debit::meter) != decision.debits.end();
}

// What a stranger's message was held by.
WaitingStub waiting_stub(const MessageRecord& message, ReadTransaction& store, Time now) {
    WaitingStub stub;
    stub.id = std::to_string(message.id);
    stub.domain = message.from.substr(message.from.rfind('@') + 1);
    stub.arrived = message.received_at;
    stub.expires = message.expires.value_or(Time::max());
    const auto decision = parse_decision(message.decision);
    if (!decision)
        return stub;
    if (is_charged_to(*decision, Debit::Meter::mail) ||
        is_charged_to(*decision, Debit::Meter::token)) {
        stub.way = Way::own;
    } else if (is_charged_to(*decision, Debit::Meter::domain)) {
        const auto accounts = static_cast<std::uint64_t>(store.account_count());
        const auto standing = domain_credit_of(store, stub.domain, now).standing(accounts, now);
        stub.way = standing == DomainCredit::Standing::earned ? Way::earned : Way::starting;
    } else if (const Reason* const stamp = decision->reason(ReasonCode::stamp)) {
        stub.effort = parse_decimal(stamp->figure("effort")).value_or(0);
    }
    return stub;
}

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

Result<void> show(WriteContext& context, MessageId id) {
    auto message = context.store.message(context.account(), id);
    if (!message)
        return {};
    message->shown = MessageRecord::Shown::yes;
    context.changed.insert(ObjectType::email);
    return context.store.update_message(context.account(), *message);
}

}  // namespace

Result<json::object> request_show(WriteContext& context, const json::object& arguments) {
    if (arguments.size() != 1)
        return jmap::fail_method(jmap::MethodError::invalid_arguments, "accountId alone is taken");
    const Time now = context.call.now();
    std::vector<WaitingStub> waiting;
    for (const MessageRecord& message : all_requests(context.store, context.account()))
        if (message.state == MessageState::held && message.shown == MessageRecord::Shown::no)
            waiting.push_back(waiting_stub(message, context.store, now));
    json::array list;
    if (!waiting.empty()) {
        const std::string before = context.store.shown_requests(context.account()).value_or("");
        ShownRequests shown = parse_shown_requests(before).value_or(ShownRequests());
        const std::int64_t day = now.time_since_epoch() / Seconds(86'400);
        const std::string seed = seed_of_day(context, day);
        for (const ChosenRequest& chosen : choose_requests(waiting, shown, as_bytes(seed), now)) {
            const auto id = static_cast<MessageId>(parse_decimal(chosen.id).value_or(0));
            TRY(show(context, id));
            list.push_back(
                json::object{{"id", object_id(IdKind::email, id)}, {"slot", name_of(chosen.slot)}});
        }
        if (const std::string after = write_shown_requests(shown); after != before)
            context.store.put_shown_requests(context.account(), after);
    }
    return json::object{{"accountId", context.call.account_id()},
                        {"state", type_state(context.store, context.account(), ObjectType::email)},
                        {"list", std::move(list)}};
}

}  // namespace kith
