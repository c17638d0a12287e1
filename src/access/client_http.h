// The client API's HTTP resources (docs/client-api.md): the routes, who may call them, and how
// often. The server gives it every request whose path serves() takes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/client_services.h"
#include "access/in_flight.h"
#include "access/login_nonce.h"
#include "access/method.h"
#include "net/http_message.h"
#include "net/rate_gate.h"

namespace kith {

/// Thread-safe; `services` must outlive it.
class ClientHttp final : public HttpHandler {
  public:
    /// `nonce_key`: 32 octets of the server's own, for login nonces.
    ClientHttp(const ClientServices& services, Secret nonce_key);

    /// Takes over the rates for callers without a session; any thread.
    void set_rates(const ClientLimits& limits);
    static bool serves(std::string_view path);
    awaitable<HttpResponse> handle(std::shared_ptr<HttpRequest> request) override;

  private:
    using RequestPtr = std::shared_ptr<HttpRequest>;

    NetworkGate& gate_of(std::string_view path);
    awaitable<HttpResponse> open_route(RequestPtr request);
    awaitable<HttpResponse> route_for(Caller caller, RequestPtr request);
    awaitable<HttpResponse> api(Caller caller, RequestPtr request);
    awaitable<HttpResponse> take_upload(Caller caller, RequestPtr request);
    awaitable<HttpResponse> give_download(Caller caller, RequestPtr request);
    awaitable<HttpResponse> event_source(Caller caller, RequestPtr request);

    const ClientServices& services_;
    const LoginNonces nonces_;
    const Methods methods_;
    NetworkGate logins_;
    NetworkGate links_;
    NetworkGate accounts_;
    NetworkGate cards_;
    InFlight requests_;
    InFlight uploads_;
};

}  // namespace kith
