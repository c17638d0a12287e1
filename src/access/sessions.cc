#include "access/sessions.h"

#include "access/store_calls.h"
#include "base/text.h"
#include "exchange/answers.h"

namespace kith {
namespace {

constexpr std::string_view kScheme = "bearer ";
constexpr std::size_t kMaxToken = 128;

Result<Caller> find_caller(ReadTransaction& store, const std::string& token, Time now) {
    const auto refused = [](const char* why) { return fail(ErrorKind::denied, "session", why); };
    // Looked up by the token's hash: what a look-up's time tells says nothing of a token.
    const Hash hash = sha256(token);
    const auto session = store.session(hash);
    if (!session || session->expires <= now)
        return refused("there is no such session");
    const auto account = store.account(session->account);
    if (!account || account->state != AccountRecord::State::active)
        return refused("the account is not active");
    return Caller{.account = account->id,
                  .address = TRY(Address::parse(account->address)),
                  .root = account->root,
                  .device = session->device,
                  .expires = session->expires,
                  .session = hash};
}

}  // namespace

std::optional<std::string> bearer_token(const HttpRequest& request) {
    const auto header = request.headers.find("authorization");
    if (!header || header->size() <= kScheme.size() ||
        to_lower(header->substr(0, kScheme.size())) != kScheme)
        return std::nullopt;
    const auto token = trim(header->substr(kScheme.size()));
    if (token.empty() || token.size() > kMaxToken)
        return std::nullopt;
    return std::string(token);
}

Result<void> check_session(ReadTransaction& store, const Caller& caller) {
    if (!store.session(caller.session))
        return fail(ErrorKind::denied, "session", "has ended");
    return {};
}

awaitable<Result<Caller>> authenticate(const ClientServices* services,
                                       std::shared_ptr<HttpRequest> request) {
    auto token = bearer_token(*request);
    if (!token)
        co_return fail(ErrorKind::denied, "session", "no token came");
    auto ask = [token = *std::move(token), now = services->clock.now()](ReadTransaction& store) {
        return find_caller(store, token, now);
    };
    co_return co_await ask_store(services, std::move(ask));
}

HttpResponse not_logged_in() {
    auto response = problem_answer(Problem::not_logged_in);
    response.headers.add("www-authenticate", "Bearer realm=\"kith\"");
    return response;
}

}  // namespace kith
