#include "access/method.h"

#include "access/object_ids.h"
#include "access/sessions.h"
#include "access/store_calls.h"

namespace kith {
namespace {

struct WriteResult {
    CreatedIds created;
    std::set<ObjectType> changed;
    ModSeq state = 0;
};

Result<void> run_write(WriteTransaction& store,
                       const MethodCall& call,
                       const WriteWork& work,
                       WriteResult& result) {
    TRY(check_session(store, *call.caller));
    WriteContext context(store, call);
    TRY(work(context));
    result = {.created = context.ids.all_made(),
              .changed = std::move(context.changed),
              .state = store.modseq(call.account())};
    return {};
}

awaitable<Result<MethodOutcome>> run_read(ReadMethod method, MethodCall call, jmap::Call asked) {
    auto question = [method, call, &asked](ReadTransaction& store) -> Result<json::object> {
        ReadContext context{store, call};
        return method(context, asked.arguments);
    };
    auto answer = CO_TRY(co_await ask_store(call.services, std::move(question)));
    MethodOutcome outcome;
    outcome.replies.push_back({asked.name, std::move(answer)});
    co_return outcome;
}

awaitable<Result<MethodOutcome>> run_simple_write(WriteMethod method,
                                                  MethodCall call,
                                                  jmap::Call asked) {
    auto answer = std::make_shared<json::object>();
    auto work = [method, answer, &asked](WriteContext& context) -> Result<void> {
        *answer = TRY(method(context, asked.arguments));
        return {};
    };
    MethodOutcome outcome;
    outcome.created = CO_TRY(co_await write_for(call, std::move(work)));
    outcome.replies.push_back({asked.name, std::move(*answer)});
    co_return outcome;
}

}  // namespace

std::string MethodCall::account_id() const {
    return object_id(IdKind::account, caller->account);
}

std::optional<std::string> CreationIds::real(std::string_view id_or_reference) const {
    if (!id_or_reference.starts_with('#'))
        return std::string(id_or_reference);
    const auto found = made_.find(id_or_reference.substr(1));
    if (found != made_.end())
        return found->second;
    return earlier_ == nullptr ? std::nullopt : earlier_->real_id(id_or_reference);
}

awaitable<Result<CreatedIds>> write_for(MethodCall call, WriteWork work) {
    auto result = std::make_shared<WriteResult>();
    auto job = [call, work = std::move(work), result](WriteTransaction& store) {
        return run_write(store, call, work, *result);
    };
    CO_TRY(co_await write_store(&call.services->store, std::move(job), Store::Adds::yes));
    call.services->hub.changed(call.account(), result->changed, result->state);
    co_return std::move(result->created);
}

awaitable<Result<MethodOutcome>> run_method(Method method, MethodCall call, jmap::Call asked) {
    if (const auto* read = std::get_if<ReadMethod>(&method))
        co_return co_await run_read(*read, call, std::move(asked));
    if (const auto* write = std::get_if<WriteMethod>(&method))
        co_return co_await run_simple_write(*write, call, std::move(asked));
    co_return co_await std::get<WaitMethod>(method)(call, std::move(asked.arguments));
}

Methods all_methods() {
    Methods methods;
    add_core_methods(methods);
    add_mailbox_methods(methods);
    add_thread_methods(methods);
    add_identity_methods(methods);
    add_email_methods(methods);
    add_submission_methods(methods);
    add_card_methods(methods);
    add_contact_methods(methods);
    add_request_methods(methods);
    add_token_methods(methods);
    add_device_methods(methods);
    return methods;
}

}  // namespace kith
