// One write takes the person's decision; then the bodies of what was accepted are fetched, all at
// once; what came is moved to the inbox by a second write (or was by the fetcher).
#include "access/request_set.h"

#include <algorithm>

#include "access/email_object.h"
#include "access/object_ids.h"
#include "access/request_object.h"
#include "access/standard_methods.h"
#include "delivery/grant_ledgers.h"
#include "delivery/new_contact.h"
#include "delivery/settling.h"
#include "net/deadline.h"
#include "net/task_group.h"

namespace kith {
namespace {

using jmap::SetErrorType;

constexpr Milliseconds kFetchDeadline{45'000};
constexpr Milliseconds kAllDeadline{50'000};

constexpr const char* kAccepted = "accepted";
constexpr const char* kBlocked = "blocked";

Result<void> decline_request(WriteContext& context, MessageRecord& message) {
    if (const auto trash = context.store.mailbox_by_role(context.account(), "trash"))
        message.mailbox = trash->id;
    message.state = MessageState::declined;
    context.changed.insert({ObjectType::email, ObjectType::mailbox});
    return context.store.update_message(context.account(), message);
}

class RequestSet final : public ObjectSet {
  public:
    explicit RequestSet(WriteContext& context) : context_(context) {}

    ObjectType type() const override { return ObjectType::email; }
    const std::vector<MessageId>& accepted() const { return accepted_; }

    OrSetError<json::object> create(const json::object& /*object*/) override {
        return refuse(SetErrorType::forbidden, "requests come from others");
    }

    OrSetError<json::object> update(const std::string& id, const json::object& patch) override {
        static constexpr std::string_view kSettable[] = {"action"};
        auto message = find_request(context_.store, context_.account(), id);
        if (!message)
            return refuse(SetErrorType::not_found);
        Properties properties(patch, kSettable);
        const auto action = properties.required_text("action", 16);
        if (action != "accept" && action != "decline" && action != "block")
            properties.bad("action", "must be accept, decline or block");
        if (!properties.good())
            return properties.error();
        const auto done = action == "accept"    ? accept(*message)
                          : action == "decline" ? decline(*message)
                                                : block(*message);
        if (!done)
            return std::unexpected(jmap::set_error_of(done.error()));
        context_.changed.insert(ObjectType::mailbox);
        return json::object();
    }

    OrSetError<void> destroy(const std::string& id) override {
        auto message = find_request(context_.store, context_.account(), id);
        if (!message)
            return refuse(SetErrorType::not_found);
        if (auto done = decline(*message); !done)
            return std::unexpected(jmap::set_error_of(done.error()));
        context_.changed.insert(ObjectType::mailbox);
        return {};
    }

  private:
    Result<void> accept(MessageRecord& message) {
        if (message.outcome == MessageRecord::Outcome::none)
            TRY(settle_message(context_.store,
                               context_.account(),
                               message,
                               MessageOutcome::engaged,
                               context_.call.now()));
        put_grant(message, GrantRecord::Level::known);
        message.state = MessageState::fetching;
        accepted_.push_back(message.id);
        return context_.store.update_message(context_.account(), message);
    }

    Result<void> decline(MessageRecord& message) { return decline_request(context_, message); }

    // Declines whatever else of that person waits, too.
    Result<void> block(const MessageRecord& message) {
        put_grant(message, GrantRecord::Level::blocked);
        return sweep_requests(context_, [&](const MessageRecord& other) {
            return other.from_root == message.from_root;
        });
    }

    // A contact who is more already stays so; a blocked one becomes what was decided now.
    void put_grant(const MessageRecord& message, GrantRecord::Level level) {
        using Level = GrantRecord::Level;
        auto grant = context_.store.grant(context_.account(), message.from_root);
        const bool is_new = !grant;
        if (grant && level == Level::known && grant->level != Level::blocked)
            return;
        if (!grant) {
            grant.emplace();
            grant->root = message.from_root;
            grant->address = message.from;
            grant->card = message.sender_card;
            grant->since = context_.call.now();
            grant->source = level == Level::blocked ? kBlocked : kAccepted;
            grant->level = level;
            begin_ledger(*grant, context_.store, context_.account(), context_.call.now());
            if (level == Level::known)
                count_acceptance(*grant);
        }
        if (grant->level != level)
            choose_level(*grant, level, context_.call.now());
        context_.store.put_grant(context_.account(), *grant);
        if (is_new)
            heed_new_contact(context_.store, context_.account(), grant->root, context_.call.now());
        context_.changed.insert(ObjectType::contact);
    }

    // Who was no contact when it came has earned this one like an answer.
    void count_acceptance(GrantRecord& grant) {
        GrantLedger ledger = ledger_of(grant, context_.call.now());
        ledger.engaged(context_.call.now());
        set_ledger(grant, ledger);
    }

    WriteContext& context_;
    std::vector<MessageId> accepted_;
};

/// What the fetching tasks share with the method, which may have given up waiting for them.
struct Fetches {
    MethodCall call;
    std::map<MessageId, Result<void>> results;
};

awaitable<void> fetch_one(std::shared_ptr<Fetches> fetches, MessageId message) {
    const MethodCall& call = fetches->call;
    auto done = co_await with_deadline(call.services->bodies.fetch_held(call.account(), message),
                                       kFetchDeadline);
    fetches->results.insert_or_assign(message, std::move(done));
}

awaitable<void> fetch_all(std::shared_ptr<Fetches> fetches, std::vector<MessageId> accepted) {
    TaskGroup tasks(co_await boost::asio::this_coro::executor);
    for (const MessageId message : accepted) {
        fetches->results.emplace(message, fail(ErrorKind::timeout, "body", "did not come in time"));
        tasks.spawn(fetch_one(fetches, message));
    }
    if (!co_await tasks.join(kAllDeadline))
        tasks.cancel();
}

// Into the inbox with what is here now.
Result<void> file_fetched(WriteContext& context, const Fetches& fetches) {
    const auto inbox = context.store.mailbox_by_role(context.account(), "inbox");
    for (const auto& [id, result] : fetches.results) {
        auto message = result ? context.store.message(context.account(), id) : std::nullopt;
        if (!message || !inbox || message->blob_at != MessageRecord::Blob::here ||
            message->state == MessageState::declined)  // the person has thought better of it
            continue;
        message->mailbox = inbox->id;
        message->state = MessageState::delivered;
        message->tier = message->tier == MessageTier::unknown ? MessageTier::known : message->tier;
        message->expires.reset();
        TRY(context.store.update_message(context.account(), *message));
        context.changed.insert({ObjectType::email, ObjectType::mailbox});
    }
    return {};
}

// An accepted request whose body has not come: not updated, though the decision is kept.
void tell_missing(json::object& response, const Fetches& fetches) {
    for (const auto& [id, result] : fetches.results) {
        if (result)
            continue;
        const auto key = object_id(IdKind::email, id);
        if (auto* updated = response["updated"].if_object()) {
            updated->erase(key);
            if (updated->empty())
                response["updated"] = nullptr;
        }
        if (!response["notUpdated"].is_object())
            response["notUpdated"] = json::object();
        response["notUpdated"].as_object()[key] =
            json::object{{"type", "unavailable"},
                         {"description", result.error().where + ": " + result.error().detail}};
    }
}

}  // namespace

Result<void> sweep_requests(WriteContext& context,
                            const std::function<bool(const MessageRecord&)>& fits) {
    for (MessageRecord& message : all_requests(context.store, context.account()))
        if (fits(message))
            TRY(decline_request(context, message));
    return {};
}

awaitable<Result<MethodOutcome>> request_set(MethodCall call, json::object arguments) {
    const auto asked = CO_TRY(jmap::read_set(arguments, {.most = call.limits().objects_in_set}));
    auto response = std::make_shared<json::object>();
    auto accepted = std::make_shared<std::vector<MessageId>>();
    auto decide = [&asked, response, accepted](WriteContext& context) -> Result<void> {
        RequestSet set(context);
        *response = TRY(run_set(context, asked, set));
        *accepted = set.accepted();
        return {};
    };
    CO_TRY(co_await write_for(call, std::move(decide)));
    if (!accepted->empty()) {
        const auto fetches = std::make_shared<Fetches>(Fetches{.call = call, .results = {}});
        co_await fetch_all(fetches, *accepted);
        auto file = [fetches, response](WriteContext& context) -> Result<void> {
            TRY(file_fetched(context, *fetches));
            (*response)["newState"] =
                type_state(context.store, context.account(), ObjectType::email);
            return {};
        };
        CO_TRY(co_await write_for(call, std::move(file)));
        tell_missing(*response, *fetches);
    }
    MethodOutcome outcome;
    outcome.replies.push_back({"Request/set", std::move(*response)});
    co_return outcome;
}

}  // namespace kith
