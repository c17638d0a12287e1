#include "access/client_http.h"

#include "access/accounts.h"
#include "access/api.h"
#include "access/card_publication.h"
#include "access/device_link.h"
#include "access/download.h"
#include "access/event_source.h"
#include "access/login.h"
#include "access/object_ids.h"
#include "access/session_info.h"
#include "access/sessions.h"
#include "access/store_calls.h"
#include "access/upload.h"
#include "exchange/answers.h"
#include "protocol/url_text.h"

namespace kith {
namespace {

constexpr std::string_view kAccounts = "/kith/1/accounts";
constexpr std::string_view kCards = "/kith/1/cards";
constexpr std::string_view kLogin = "/kith/1/login";
constexpr std::string_view kLinks = "/kith/1/links";
constexpr std::string_view kWellKnown = "/.well-known/jmap";
constexpr std::string_view kJmap = "/jmap/";
constexpr std::string_view kSession = "/jmap/session";
constexpr std::string_view kApi = "/jmap/api";
constexpr std::string_view kUpload = "/jmap/upload/";
constexpr std::string_view kDownload = "/jmap/download/";
constexpr std::string_view kEventSource = "/jmap/eventsource/";
constexpr Seconds kMinute{60};
constexpr Seconds kHour{3600};

bool is_in(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

HttpResponse to_session(const std::string& base_url) {
    auto response = text_response(307, "text/plain; charset=utf-8", "");
    response.headers.add("location", base_url + std::string(kSession));
    response.headers.add("cache-control", "no-store");
    return response;
}

}  // namespace

ClientHttp::ClientHttp(const ClientServices& services, Secret nonce_key)
    : services_(services),
      nonces_(std::move(nonce_key), services.limits.nonce_life),
      methods_(all_methods()),
      logins_(services.limits.logins_in_minute, kMinute, services.limits.wide_networks),
      links_(services.limits.links_in_minute, kMinute, services.limits.wide_networks),
      accounts_(services.limits.accounts_in_hour, kHour, services.limits.wide_networks),
      cards_(services.limits.cards_in_hour, kHour, services.limits.wide_networks) {}

void ClientHttp::set_rates(const ClientLimits& limits) {
    logins_.set(limits.logins_in_minute, kMinute, limits.wide_networks);
    links_.set(limits.links_in_minute, kMinute, limits.wide_networks);
    accounts_.set(limits.accounts_in_hour, kHour, limits.wide_networks);
    cards_.set(limits.cards_in_hour, kHour, limits.wide_networks);
}

bool ClientHttp::serves(std::string_view path) {
    return path == kAccounts || path == kCards || path == kLogin || is_in(path, kLinks) ||
           path == kWellKnown || path.starts_with(kJmap);
}

awaitable<HttpResponse> ClientHttp::handle(std::shared_ptr<HttpRequest> request) {
    if (!std::string_view(request->path).starts_with(kJmap))
        co_return co_await open_route(request);
    auto caller = co_await authenticate(&services_, request);
    if (!caller && caller.error().kind == ErrorKind::denied)
        co_return not_logged_in();
    if (!caller)
        co_return problem_answer(caller.error());
    if (services_.called_from)
        services_.called_from(request->remote.address());
    co_return co_await route_for(*std::move(caller), request);
}

NetworkGate& ClientHttp::gate_of(std::string_view path) {
    if (path == kAccounts)
        return accounts_;
    if (path == kCards)  // whoever takes an account back must not wait for those who make some
        return cards_;
    return path == kLogin ? logins_ : links_;
}

// What needs no session, and is therefore counted by the caller's network.
awaitable<HttpResponse> ClientHttp::open_route(RequestPtr request) {
    const std::string_view path = request->path;
    const bool is_post = request->method == "POST";
    const bool is_get = request->method == "GET";
    if (path == kWellKnown)
        co_return is_get ? to_session(services_.base_url) : wrong_method_answer("GET");
    if (!gate_of(path).pass(request->remote.address(), services_.clock.steady()))
        co_return busy_answer(Problem::over_quota, kMinute, "too many calls from your network");
    if (path == kAccounts)
        co_return is_post ? co_await make_account(&services_, request)
                          : wrong_method_answer("POST");
    if (path == kCards)
        co_return is_post ? co_await post_card(&services_, request) : wrong_method_answer("POST");
    if (path == kLogin && is_get)
        co_return give_nonce(services_, nonces_, *request);
    if (path == kLogin)
        co_return is_post ? co_await log_in(&services_, &nonces_, request)
                          : wrong_method_answer("GET, POST");
    if (path == kLinks)
        co_return is_post ? co_await post_link(&services_, request) : wrong_method_answer("POST");
    const auto pieces = path_behind(path, std::string(kLinks) + "/");
    if (!pieces || pieces->size() != 1)
        co_return problem_answer(Problem::not_found);
    co_return is_get ? co_await get_link(&services_, pieces->front()) : wrong_method_answer("GET");
}

awaitable<HttpResponse> ClientHttp::route_for(Caller caller, RequestPtr request) {
    const std::string_view path = request->path;
    const bool is_post = request->method == "POST";
    const bool is_get = request->method == "GET";
    if (path == kSession)
        co_return is_get ? json_answer(200, jmap::session_object(session_info(services_, caller)))
                         : wrong_method_answer("GET");
    if (path == kApi)
        co_return is_post ? co_await api(std::move(caller), request) : wrong_method_answer("POST");
    if (path == kEventSource)
        co_return is_get ? co_await event_source(std::move(caller), request)
                         : wrong_method_answer("GET");
    if (path.starts_with(kUpload))
        co_return is_post ? co_await take_upload(std::move(caller), request)
                          : wrong_method_answer("POST");
    if (path.starts_with(kDownload))
        co_return is_get ? co_await give_download(std::move(caller), request)
                         : wrong_method_answer("GET");
    co_return problem_answer(Problem::not_found);
}

awaitable<HttpResponse> ClientHttp::api(Caller caller, RequestPtr request) {
    const auto place = requests_.enter(caller.account, services_.limits.concurrent_requests);
    if (!place)
        co_return request_error_answer({.type = jmap::RequestError::Type::limit,
                                        .detail = "Too many requests at once.",
                                        .limit = "maxConcurrentRequests"});
    co_return co_await call_api(&services_, &methods_, std::move(caller), request);
}

awaitable<HttpResponse> ClientHttp::take_upload(Caller caller, RequestPtr request) {
    const auto pieces = path_behind(request->path, kUpload);
    const bool own = pieces && pieces->size() == 2 && pieces->back().empty() &&
                     pieces->front() == object_id(IdKind::account, caller.account);
    if (!own)
        co_return problem_answer(Problem::not_found);
    const auto place = uploads_.enter(caller.account, services_.limits.concurrent_uploads);
    if (!place)
        co_return request_error_answer({.type = jmap::RequestError::Type::limit,
                                        .detail = "Too many uploads at once.",
                                        .limit = "maxConcurrentUpload"});
    co_return co_await upload(&services_, std::move(caller), request);
}

awaitable<HttpResponse> ClientHttp::give_download(Caller caller, RequestPtr request) {
    const auto pieces = path_behind(request->path, kDownload);
    const bool own = pieces && pieces->size() == 3 &&
                     pieces->front() == object_id(IdKind::account, caller.account);
    if (!own)
        co_return problem_answer(Problem::not_found);
    DownloadTarget target{.blob_id = (*pieces)[1], .name = (*pieces)[2]};
    co_return co_await download(&services_, std::move(caller), std::move(target), request);
}

awaitable<HttpResponse> ClientHttp::event_source(Caller caller, RequestPtr request) {
    auto asked = jmap::parse_event_source_query(request->query);
    if (!asked)
        co_return problem_answer(Problem::malformed,
                                 asked.error().where + ": " + asked.error().detail);
    // Subscribed before the states are read: no change falls between.
    auto subscription =
        services_.hub.subscribe(co_await boost::asio::this_coro::executor,
                                {.account = caller.account, .device = caller.device});
    if (!subscription)
        co_return busy_answer(Problem::over_quota, kMinute, subscription.error().detail);
    auto ask = [account = caller.account](ReadTransaction& store) -> Result<AccountStates> {
        return read_states(store, account);
    };
    auto states = co_await ask_store(&services_, std::move(ask));
    if (!states)
        co_return problem_answer(states.error());
    EventSource::Start start{
        .now = *std::move(states),
        .last_event_id = std::string(request->headers.find("last-event-id").value_or("")),
        .until = caller.expires};
    HttpResponse response;
    response.headers = {{"content-type", "text/event-stream; charset=utf-8"},
                        {"cache-control", "no-store"}};
    response.body = std::make_shared<EventSource>(
        &services_, *std::move(subscription), *std::move(asked), std::move(start));
    co_return response;
}

}  // namespace kith
