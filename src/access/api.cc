#include "access/api.h"

#include "access/properties.h"
#include "access/session_info.h"
#include "base/text.h"
#include "exchange/answers.h"

namespace kith {
namespace {

using Begun = std::variant<jmap::Exchange, jmap::RequestError>;

// What is longer is parsed, and written, on a worker.
constexpr std::size_t kParseHere = std::size_t{64} * 1024;

bool is_json(const HttpRequest& request) {
    const auto type = to_lower(request.headers.find("content-type").value_or(""));
    return trim(split(type, ';').front()) == "application/json";
}

awaitable<Result<std::shared_ptr<Begun>>> begin(const ClientServices* services,
                                                const Methods* methods,
                                                Bytes body) {
    const jmap::Exchange::Rules rules{.methods = methods->table(),
                                      .limits = jmap_limits(services->limits)};
    const bool here = body.size() <= kParseHere;
    auto parse = [rules, body = std::move(body)] {
        return std::make_shared<Begun>(jmap::Exchange::begin(as_text(body), rules));
    };
    if (here)
        co_return parse();
    co_return co_await run(services->workers, std::move(parse));
}

awaitable<std::string> finish(const ClientServices* services,
                              jmap::Exchange* exchange,
                              std::string state) {
    if (exchange->response_octets() > kParseHere) {
        auto write = [exchange, &state]() -> Result<std::string> {
            return exchange->finish(state);
        };
        if (auto text = co_await run(services->workers, std::move(write)))
            co_return *std::move(text);
        // No worker was free: what was done must be told all the same.
    }
    co_return exchange->finish(state);
}

// RFC 8620 3.6.2: an account that the caller does not have.
bool is_foreign_account(const jmap::Call& asked, const MethodCall& call) {
    const auto* account = asked.arguments.if_contains("accountId");
    return account != nullptr && account->is_string() &&
           text_of(account->get_string()) != call.account_id();
}

awaitable<void> answer_call(const Methods* methods,
                            MethodCall call,
                            jmap::Exchange* exchange,
                            jmap::Call asked) {
    if (is_foreign_account(asked, call)) {
        exchange->add_error(jmap::fail_method(jmap::MethodError::account_not_found));
        co_return;
    }
    const Method method = methods->handler(asked.method);
    auto outcome = co_await run_method(method, call, std::move(asked));
    if (!outcome) {
        exchange->add_error(outcome.error());
        co_return;
    }
    for (const auto& [creation_id, id] : outcome->created)
        exchange->record_created(creation_id, id);
    for (MethodReply& reply : outcome->replies)
        exchange->add_response(std::move(reply.name), std::move(reply.arguments));
}

}  // namespace

HttpResponse request_error_answer(const jmap::RequestError& error) {
    auto response = problem_response(400, jmap::write_request_error(error));
    response.headers.add("cache-control", "no-store");
    return response;
}

awaitable<HttpResponse> call_api(const ClientServices* services,
                                 const Methods* methods,
                                 Caller caller,
                                 std::shared_ptr<HttpRequest> request) {
    using Type = jmap::RequestError::Type;
    if (!is_json(*request))
        co_return request_error_answer({.type = Type::not_json,
                                        .detail = "The content type is not application/json.",
                                        .limit = {}});
    auto body = co_await request->body->read_all(services->limits.request_octets);
    if (!body && body.error().kind == ErrorKind::limit)
        co_return request_error_answer(
            {.type = Type::limit, .detail = "The request is too long.", .limit = "maxSizeRequest"});
    if (!body)
        co_return problem_answer(body.error());
    const auto begun = co_await begin(services, methods, *std::move(body));
    if (!begun)
        co_return problem_answer(begun.error());
    if (const auto* refused = std::get_if<jmap::RequestError>(begun->get()))
        co_return request_error_answer(*refused);
    auto& exchange = std::get<jmap::Exchange>(**begun);
    const MethodCall call{.services = services, .caller = &caller, .exchange = &exchange};
    while (auto asked = exchange.next_call())
        co_await answer_call(methods, call, &exchange, *std::move(asked));
    const auto session = jmap::session_object(session_info(*services, caller));
    auto answer = text_response(
        200,
        "application/json",
        co_await finish(services, &exchange, text_of(session.at("state").as_string())));
    answer.headers.add("cache-control", "no-store");
    co_return answer;
}

}  // namespace kith
