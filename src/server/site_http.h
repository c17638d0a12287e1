// Every request that comes in: to the calls between servers, to the client API, to metrics and
// health; counted, and limited by the network that it comes from.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "access/client_http.h"
#include "exchange/public_http.h"
#include "net/rate_gate.h"
#include "server/load_book.h"
#include "server/log.h"
#include "server/metrics.h"

namespace kith {

struct SiteServices {
    PublicHttp& servers;
    ClientHttp& clients;
    Metrics& metrics;
    LoadBook& book;
    Log& log;
    const Clock& clock;
    std::function<Metrics::Gauges()> gauges;  ///< blocking: on a worker thread
    WorkerPool& workers;
    const Store& store;
};

/// What a reload may change.
struct SiteRules {
    std::vector<boost::asio::ip::address> metrics_allow;
    std::uint64_t requests_a_prefix_minute = 60'000;
    std::uint64_t wide_networks = 4;
};

/// Thread-safe; what the services refer to must outlive it.
class SiteHttp final : public HttpHandler {
  public:
    SiteHttp(SiteServices services, SiteRules rules);
    /// For requests from here on.
    void set_rules(SiteRules rules);
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override;

  private:
    awaitable<HttpResponse> answer(std::shared_ptr<HttpRequest> request, std::string_view route);
    awaitable<HttpResponse> give_metrics(std::shared_ptr<HttpRequest> request);
    HttpResponse give_health() const;
    bool may_read_metrics(const boost::asio::ip::address& client) const;
    void log_request(const HttpRequest& request,
                     std::string_view route,
                     unsigned status,
                     std::chrono::duration<double, std::milli> took) const;

    const SiteServices services_;
    NetworkGate gate_;
    mutable std::mutex rules_mutex_;
    std::vector<boost::asio::ip::address> metrics_allow_;
};

}  // namespace kith
