#include "access/event_source.h"

#include <algorithm>
#include <chrono>

#include "access/object_ids.h"
#include "access/standard_methods.h"
#include "access/store_calls.h"
#include "base/text.h"

namespace kith {
namespace {

// A comment, which keeps middle boxes and our own server from taking the stream for dead.
constexpr std::string_view kComment = ":\n\n";
constexpr Milliseconds kQuiet{60'000};

}  // namespace

std::string event_id_of(const jmap::TypeStates& states) {
    std::string id;
    for (const auto& [type, state] : states) {
        if (!id.empty())
            id += ',';
        id += type;
        id += '=';
        id += state;
    }
    return id;
}

jmap::TypeStates states_of_event_id(std::string_view id) {
    jmap::TypeStates states;
    for (const std::string_view piece : split(id, ',')) {
        const auto equals = piece.find('=');
        if (equals != std::string_view::npos)
            states.emplace(piece.substr(0, equals), piece.substr(equals + 1));
    }
    return states;
}

AccountStates read_states(ReadTransaction& store, AccountId account) {
    AccountStates states{.account = store.modseq(account), .types = {}};
    for (const ObjectType type : {ObjectType::mailbox,
                                  ObjectType::email,
                                  ObjectType::submission,
                                  ObjectType::contact,
                                  ObjectType::token,
                                  ObjectType::device,
                                  ObjectType::card})
        for (std::string& name : push_names(type))
            states.types[std::move(name)] = type_state(store, account, type);
    // RFC 8621 1.5: moves with new Emails alone.
    states.types["EmailDelivery"] = state_text(store.newest_made(account, ObjectType::email));
    return states;
}

EventSource::EventSource(const ClientServices* services,
                         std::shared_ptr<PushSubscription> subscription,
                         jmap::EventSourceRequest request,
                         Start start)
    : services_(services),
      subscription_(std::move(subscription)),
      request_(std::move(request)),
      until_(start.until),
      states_(std::move(start.now)) {
    if (!start.last_event_id.empty())
        missed_ = changed_since(states_of_event_id(start.last_event_id));
}

EventSource::~EventSource() {
    subscription_->stop();
}

bool EventSource::concerns(const PushNews& news) const {
    if (news.state <= states_.account)
        return false;  // it was read with what came before it
    return std::ranges::any_of(news.types, [&](ObjectType type) {
        return std::ranges::any_of(push_names(type),
                                   [&](const auto& name) { return request_.wants(name); });
    });
}

jmap::TypeStates EventSource::changed_since(const jmap::TypeStates& told) const {
    jmap::TypeStates changed;
    for (const auto& [type, state] : states_.types) {
        const auto found = told.find(type);
        if (request_.wants(type) && (found == told.end() || found->second != state))
            changed.emplace(type, state);
    }
    return changed;
}

awaitable<Result<jmap::TypeStates>> EventSource::look() {
    auto ask = [account = subscription_->owner().account](
                   ReadTransaction& store) -> Result<AccountStates> {
        return read_states(store, account);
    };
    auto now = CO_TRY(co_await ask_store(services_, std::move(ask)));
    const auto before = std::exchange(states_, std::move(now));
    co_return changed_since(before.types);
}

Bytes EventSource::state_event(const jmap::TypeStates& changed) {
    if (request_.close_after == jmap::EventSourceRequest::CloseAfter::state)
        over_ = true;
    return to_bytes(
        jmap::write_state_event(object_id(IdKind::account, subscription_->owner().account),
                                changed,
                                event_id_of(states_.types)));
}

Bytes EventSource::quiet() {
    if (request_.ping.count() > 0)
        return to_bytes(jmap::write_ping_event(request_.ping));
    return to_bytes(kComment);
}

awaitable<Result<Bytes>> EventSource::next() {
    if (over_)
        co_return Bytes{};
    if (!begun_) {
        begun_ = true;
        if (missed_.empty())
            co_return to_bytes(kComment);  // the answer's header goes out at once
        co_return state_event(missed_);
    }
    const Milliseconds limit = request_.ping.count() > 0 ? Milliseconds(request_.ping) : kQuiet;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto left =
            std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
        const auto news = co_await subscription_->next(std::max(left, Milliseconds(0)));
        if (subscription_->ended() || services_->clock.now() >= until_)
            co_return Bytes{};
        if (news.types.empty())
            co_return quiet();
        if (!concerns(news))
            continue;
        const auto changed = CO_TRY(co_await look());
        if (!changed.empty())
            co_return state_event(changed);
    }
}

void EventSource::stop() {
    subscription_->stop();
}

}  // namespace kith
