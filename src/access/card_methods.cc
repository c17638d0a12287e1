// Card/get: one's own card, and those of others, by asking their domains (docs/client-api.md
// section 5).
#include <algorithm>

#include "access/alarm_methods.h"
#include "access/card_object.h"
#include "access/card_set.h"
#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "access/store_calls.h"
#include "net/deadline.h"
#include "net/task_group.h"

namespace kith {
namespace {

constexpr Milliseconds kFetchDeadline{10'000};
constexpr Milliseconds kAllDeadline{12'000};

using CardResult = Result<json::object>;

std::string_view problem_type(const Error& error) {
    switch (error.kind) {
        case ErrorKind::not_found:
            return error.where.find("domain") != std::string::npos ? "no-route" : "no-such-account";
        case ErrorKind::unavailable:
        case ErrorKind::timeout:
        case ErrorKind::io:
        case ErrorKind::internal:
            return "unavailable";
        default:
            return "untrusted";
    }
}

/// One Card/get: what was asked for, and what became of each address. The tasks that fetch share
/// it with the method, which may have given up waiting for them.
struct CardGet {
    MethodCall call;
    jmap::GetArguments asked;
    std::string state;
    std::map<std::string, CardResult> results;
    std::vector<std::pair<std::string, Address>> foreign;
};

// Cards of one's own devices that a recovery has overruled: they are in the directory log, where a
// device would take them for somebody else's.
json::array superseded(ReadTransaction& store, const Chain& chain) {
    const auto evidence = chain.evidence();
    json::array notes;
    for (const CardRecord& record : store.cards(chain.root()))
        if (std::ranges::find(evidence, record.hash, &SignedCard::hash) == evidence.end())
            notes.emplace_back(record.note);
    return notes;
}

// Accounts of this server, from the store.
Result<void> look_up_here(CardGet& get, ReadTransaction& store) {
    const ClientServices& services = *get.call.services;
    get.state = type_state(store, get.call.account(), ObjectType::card);
    const std::string own = get.call.caller->address.text();
    for (const std::string& id : get.asked.ids.value_or(std::vector{own})) {
        const auto address = Address::parse(id);
        if (!address) {
            get.results.emplace(id, fail(ErrorKind::not_found, "address", "is not an address"));
            continue;
        }
        if (address->domain() != services.domain) {
            get.foreign.emplace_back(id, *address);
            continue;
        }
        const auto account = store.account(address->text());
        auto chain = account && account->state != AccountRecord::State::removed
                         ? services.chains.get(store, account->root)
                         : fail(ErrorKind::not_found, "address", "there is no such account");
        if (!chain) {
            get.results.emplace(id, std::move(chain).error());
            continue;
        }
        json::object object = card_object(**chain, {.id = id, .fetched_at = get.call.now()});
        if (id == own)
            object["superseded"] = superseded(store, **chain);
        get.results.emplace(id, std::move(object));
    }
    return {};
}

awaitable<void> fetch_one(std::shared_ptr<CardGet> get, std::string id, Address address) {
    auto fetched =
        co_await with_deadline(get->call.services->directory.fetch(address), kFetchDeadline);
    if (!fetched) {
        get->results.insert_or_assign(id, std::move(fetched).error());
        co_return;
    }
    const CardSource source{.id = id, .secure = fetched->secure, .fetched_at = fetched->fetched_at};
    get->results.insert_or_assign(id, card_object(fetched->chain, source));
}

awaitable<void> fetch_foreign(std::shared_ptr<CardGet> get) {
    TaskGroup tasks(co_await boost::asio::this_coro::executor);
    for (const auto& [id, address] : get->foreign) {
        get->results.emplace(id,
                             fail(ErrorKind::timeout, "address", "there was no answer in time"));
        tasks.spawn(fetch_one(get, id, address));
    }
    if (!co_await tasks.join(kAllDeadline))
        tasks.cancel();
}

json::object response_of(CardGet& get) {
    json::array list;
    json::object errors;
    std::vector<std::string> not_found;
    for (auto& [id, result] : get.results) {
        if (result) {
            jmap::select_properties(*result, get.asked);
            list.push_back(std::move(*result));
            continue;
        }
        not_found.push_back(id);
        errors[id] = json::object{{"type", problem_type(result.error())},
                                  {"detail", result.error().where + ": " + result.error().detail}};
    }
    auto response = jmap::get_response(get.asked, std::move(get.state), std::move(list), not_found);
    response["kith:errors"] = std::move(errors);
    return response;
}

awaitable<Result<MethodOutcome>> card_get(MethodCall call, json::object arguments) {
    auto get = std::make_shared<CardGet>();
    get->call = call;
    get->asked = CO_TRY(jmap::read_get(arguments,
                                       {.properties = kCardProperties,
                                        .most = call.limits().objects_in_get,
                                        .ids = jmap::IdForm::text}));
    auto ask = [get](ReadTransaction& store) { return look_up_here(*get, store); };
    CO_TRY(co_await ask_store(call.services, std::move(ask)));
    if (get->foreign.size() > call.limits().foreign_cards_at_once)
        co_return jmap::fail_method(
            jmap::MethodError::request_too_large,
            "at most " + std::to_string(call.limits().foreign_cards_at_once) + " of other domains");
    if (!get->foreign.empty())
        co_await fetch_foreign(get);
    MethodOutcome outcome;
    outcome.replies.push_back({"Card/get", response_of(*get)});
    co_return outcome;
}

}  // namespace

void add_card_methods(Methods& methods) {
    const std::string kith(jmap::kKith);
    methods.add("Card/get", kith, WaitMethod(card_get));
    methods.add("Card/set", kith, WaitMethod(card_set));
    add_alarm_methods(methods);
}

}  // namespace kith
