// Who is calling: bearer tokens and the sessions behind them (docs/client-api.md section 1). The
// store knows a token's hash only.
#pragma once

#include <optional>
#include <string>

#include "access/client_services.h"
#include "net/http_message.h"

namespace kith {

/// The caller's session. Errors: denied (no token; unknown or expired; the account is not active;
/// the sessions of a revoked device are gone).
awaitable<Result<Caller>> authenticate(const ClientServices* services,
                                       std::shared_ptr<HttpRequest> request);

/// Whether the session is still there: a device may be revoked while its call is under way, and
/// what it wants written must not come after that. Errors: denied.
Result<void> check_session(ReadTransaction& store, const Caller& caller);

/// The token of "Authorization: Bearer TOKEN"; nullopt when there is none.
std::optional<std::string> bearer_token(const HttpRequest& request);

/// 401 with WWW-Authenticate.
HttpResponse not_logged_in();

}  // namespace kith
