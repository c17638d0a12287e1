// GET and POST /kith/1/login (docs/client-api.md section 1): a nonce, and a device's signature over
// it for a bearer token. No answer tells whether an address is here.
#pragma once

#include <memory>

#include "access/client_services.h"
#include "access/login_nonce.h"
#include "net/http_message.h"

namespace kith {

/// GET: {"nonce", "domain", "expires"}.
HttpResponse give_nonce(const ClientServices& services,
                        const LoginNonces& nonces,
                        const HttpRequest& request);
/// POST: {"token", "expires", "accountId"}, or 403 login-refused for whatever reason.
awaitable<HttpResponse> log_in(const ClientServices* services,
                               const LoginNonces* nonces,
                               std::shared_ptr<HttpRequest> request);

}  // namespace kith
