// POST /jmap/upload/{accountId}/ (RFC 8620 section 6.1): a sealed body, streamed to disk when it is
// large, kept for a day without a message.
#pragma once

#include <memory>

#include "access/client_services.h"
#include "net/http_message.h"

namespace kith {

awaitable<HttpResponse> upload(const ClientServices* services,
                               Caller caller,
                               std::shared_ptr<HttpRequest> request);

}  // namespace kith
