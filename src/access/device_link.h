// Linking a new device (docs/client-api.md section 6; protocol section 3.3). The server keeps the
// place where the new device's note waits for the old device; it never knows the secret.
#pragma once

#include <string_view>

#include "access/method.h"
#include "net/http_message.h"

namespace kith {

Result<json::object> device_link_get(ReadContext& context, const json::object& arguments);
Result<json::object> device_link_set(WriteContext& context, const json::object& arguments);

/// POST /kith/1/links: parts `id` and `link`.
awaitable<HttpResponse> post_link(const ClientServices* services,
                                  std::shared_ptr<HttpRequest> request);
/// GET /kith/1/links/ID.
awaitable<HttpResponse> get_link(const ClientServices* services, std::string id);

}  // namespace kith
