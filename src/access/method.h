// How a JMAP method of ours looks to the endpoint that runs it. Three kinds:
//
//   ReadMethod    on the worker pool, over one snapshot
//   WriteMethod   on the store's writer thread: one /set is one write, durable before the answer
//   WaitMethod    a coroutine, for what asks other servers or checks signatures first
//
// A method gets its arguments with the accountId checked. An Error made by jmap::fail_method
// becomes the `error` response of that type.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/client_services.h"
#include "protocol/jmap_arguments.h"
#include "protocol/jmap_request.h"

namespace kith {

namespace json = boost::json;

/// One call of one request; a value, whose pointers outlive the call.
struct MethodCall {
    const ClientServices* services = nullptr;
    const Caller* caller = nullptr;
    const jmap::Exchange* exchange = nullptr;  ///< for creation ids of earlier calls

    AccountId account() const { return caller->account; }
    std::string account_id() const;
    Time now() const { return services->clock.now(); }
    const ClientLimits& limits() const { return services->limits; }
};

using CreatedIds = std::map<std::string, std::string, std::less<>>;  ///< creation id → id

/// Creation ids: those that this call has made, then those of earlier calls (RFC 8620 5.3).
class CreationIds {
  public:
    explicit CreationIds(const jmap::Exchange* earlier) : earlier_(earlier) {}

    void made(const std::string& creation_id, const std::string& id) { made_[creation_id] = id; }
    /// "#cid" → the id made for it; other ids as they are. nullopt: no such creation id.
    std::optional<std::string> real(std::string_view id_or_reference) const;
    const CreatedIds& all_made() const { return made_; }

  private:
    const jmap::Exchange* earlier_;
    CreatedIds made_;
};

struct ReadContext {
    ReadTransaction& store;
    const MethodCall& call;

    AccountId account() const { return call.account(); }
};

/// Of a write; what it gathers counts only once the write is durable.
struct WriteContext {
    WriteTransaction& store;
    const MethodCall& call;
    CreationIds ids;
    std::set<ObjectType> changed;

    WriteContext(WriteTransaction& transaction, const MethodCall& method_call)
        : store(transaction), call(method_call), ids(method_call.exchange) {}
    AccountId account() const { return call.account(); }
};

struct MethodReply {
    std::string name;
    json::object arguments;
};
/// What a method came to: its responses, and the records it made.
struct MethodOutcome {
    std::vector<MethodReply> replies;
    CreatedIds created;
};

using ReadMethod = Result<json::object> (*)(ReadContext& context, const json::object& arguments);
using WriteMethod = Result<json::object> (*)(WriteContext& context, const json::object& arguments);
using WaitMethod = awaitable<Result<MethodOutcome>> (*)(MethodCall call, json::object arguments);
using Method = std::variant<ReadMethod, WriteMethod, WaitMethod>;
using Methods = jmap::Registry<Method>;

/// Runs `work` as one durable write, then tells the event sources what changed. It may run more
/// than once, but counts once: it begins anew what it gathers. Gives the records made.
using WriteWork = std::function<Result<void>(WriteContext&)>;
awaitable<Result<CreatedIds>> write_for(MethodCall call, WriteWork work);

/// Calls the method. Errors: those of the method; internal when it threw.
awaitable<Result<MethodOutcome>> run_method(Method method, MethodCall call, jmap::Call asked);

/// All methods of the API.
Methods all_methods();

// The methods, by type.
void add_core_methods(Methods& methods);
void add_mailbox_methods(Methods& methods);
void add_thread_methods(Methods& methods);
void add_identity_methods(Methods& methods);
void add_email_methods(Methods& methods);
void add_submission_methods(Methods& methods);
void add_card_methods(Methods& methods);
void add_contact_methods(Methods& methods);
void add_request_methods(Methods& methods);
void add_token_methods(Methods& methods);
void add_device_methods(Methods& methods);

}  // namespace kith
