// POST /jmap/api (RFC 8620 section 3): one request, its calls one after the other.
#pragma once

#include <memory>

#include "access/method.h"
#include "net/http_message.h"

namespace kith {

awaitable<HttpResponse> call_api(const ClientServices* services,
                                 const Methods* methods,
                                 Caller caller,
                                 std::shared_ptr<HttpRequest> request);

/// The refusal of a request as a whole (RFC 8620 section 3.6.1).
HttpResponse request_error_answer(const jmap::RequestError& error);

}  // namespace kith
