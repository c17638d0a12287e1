#include "server/site_http.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/answers.h"
#include "net/address.h"

namespace kith {
namespace {

constexpr std::string_view kMetrics = "/metrics";
constexpr std::string_view kHealth = "/healthz";
constexpr std::string_view kLinks = "/kith/1/links/";
/// Routes in metrics: over the limit of its network, whatever it asked; and deliveries.
constexpr std::string_view kShed = "shed";
constexpr std::string_view kDeliveries = "deliveries";
/// A reason to shed, in metrics.
constexpr std::string_view kCalls = "calls";
constexpr Seconds kMinute{60};
constexpr std::size_t kMostPath = 256;
constexpr std::size_t kSmallBody = 64 * 1024;
constexpr std::string_view kPlain = "text/plain; charset=utf-8";

std::string_view route_of(std::string_view path) {
    if (ClientHttp::serves(path))
        return "client";
    if (path == kMetrics)
        return "metrics";
    if (path == kHealth)
        return "health";
    const auto route = PublicHttp::route_of(path);
    return route.empty() ? "none" : route;
}

// A link's id opens it: it is not written down. The query is in no line at all.
std::string shown_path(std::string_view path) {
    if (path.starts_with(kLinks))
        return std::string(kLinks) + "...";
    return std::string(path.substr(0, kMostPath));
}

}  // namespace

SiteHttp::SiteHttp(SiteServices services, SiteRules rules)
    : services_(std::move(services)),
      gate_(rules.requests_a_prefix_minute, kMinute, rules.wide_networks),
      metrics_allow_(std::move(rules.metrics_allow)) {}

void SiteHttp::set_rules(SiteRules rules) {
    gate_.set(rules.requests_a_prefix_minute, kMinute, rules.wide_networks);
    const std::scoped_lock lock(rules_mutex_);
    metrics_allow_ = std::move(rules.metrics_allow);
}

awaitable<HttpResponse> SiteHttp::handle(std::shared_ptr<HttpRequest> request) {
    const auto began = services_.clock.steady();
    std::string_view route = route_of(request->path);
    // Who has logged in is limited by account.
    const bool counted = !request->headers.find("authorization");
    HttpResponse response;
    if (counted && !gate_.pass(request->remote.address(), began)) {
        route = kShed;
        services_.metrics.shed(kCalls);
        services_.book.add_shed(kCalls, client_prefix(request->remote.address()), began);
        response = busy_answer(Problem::over_quota, kMinute, "too many calls from this network");
    } else {
        response = co_await answer(request, route);
    }
    // Some clients (curl 7.88) lose an answer that comes before the body has gone.
    const auto left = request->body->declared_size();
    if (response.status >= 400 && !request->body->complete() && left && *left <= kSmallBody)
        (void)co_await request->body->read_all(kSmallBody);
    const std::chrono::duration<double> took = services_.clock.steady() - began;
    services_.metrics.request(route, static_cast<int>(response.status));
    services_.metrics.request_seconds(route, took.count());
    log_request(*request, route, response.status, took);
    co_return response;
}

// What a person may report is found at the level that servers run with: everything refused. What
// has a line of its own (deliveries), and what comes in floods (shed), is for those who look
// closer.
void SiteHttp::log_request(const HttpRequest& request,
                           std::string_view route,
                           unsigned status,
                           std::chrono::duration<double, std::milli> took) const {
    Log::Level level = Log::Level::debug;
    if (status >= 500)
        level = Log::Level::warn;
    else if (status >= 400 && route != kShed && route != kDeliveries)
        level = Log::Level::info;
    if (!services_.log.enabled(level))
        return;
    services_.log.write(level,
                        "request",
                        {{"id", request.id},
                         {"method", request.method},
                         {"path", shown_path(request.path)},
                         {"status", std::to_string(status)},
                         {"ms", fmt::format("{:.1f}", took.count())},
                         {"client", request.remote.address().to_string()}});
}

awaitable<HttpResponse> SiteHttp::answer(std::shared_ptr<HttpRequest> request,
                                         std::string_view route) {
    if (route == "client")
        co_return co_await services_.clients.handle(std::move(request));
    if (route == "metrics")
        co_return co_await give_metrics(std::move(request));
    if (route == "health")
        co_return give_health();
    if (route == "none")
        co_return problem_answer(Problem::not_found);
    co_return co_await services_.servers.handle(std::move(request));
}

awaitable<HttpResponse> SiteHttp::give_metrics(std::shared_ptr<HttpRequest> request) {
    if (!may_read_metrics(plain_address(request->remote.address())))
        co_return problem_answer(Problem::not_found);
    auto look = [this]() -> Result<std::string> {
        return services_.metrics.text(services_.gauges());
    };
    const auto text = co_await run(services_.workers, std::move(look));
    if (!text)
        co_return problem_answer(text.error());
    co_return text_response(200, "text/plain; version=0.0.4; charset=utf-8", *text);
}

bool SiteHttp::may_read_metrics(const boost::asio::ip::address& client) const {
    const std::scoped_lock lock(rules_mutex_);
    return std::ranges::find(metrics_allow_, client) != metrics_allow_.end();
}

HttpResponse SiteHttp::give_health() const {
    const auto health = services_.store.health();
    return health ? text_response(200, kPlain, "good\n")
                  : text_response(503, kPlain, "the store has failed\n");
}

}  // namespace kith
