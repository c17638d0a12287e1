// POST /kith/1/accounts (docs/client-api.md section 1): an account from an invitation and a first
// card.
#pragma once

#include <memory>

#include "access/client_services.h"
#include "net/http_message.h"

namespace kith {

/// Checks the card, countersigns it, and makes the account, all in one durable commit. The same
/// card again, for the account that it made, is answered as the first time.
awaitable<HttpResponse> make_account(const ClientServices* services,
                                     std::shared_ptr<HttpRequest> request);

}  // namespace kith
